import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'

interface Changes {
  readonly previous: string | null
  readonly changes: readonly {
    readonly about: 'capability' | 'host' | 'program' | 'folder' | 'key' | 'limit' | 'other'
    readonly name: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

const aboutWords: Record<Changes['changes'][number]['about'], string> = {
  capability: 'May',
  host: 'Connects to',
  program: 'Starts',
  folder: 'Writes to',
  key: 'Uses the key',
  limit: 'Limit',
  other: 'Says',
}
const capabilityWords: Readonly<Record<string, string>> = {
  'fs:read': 'read files that people choose',
  'fs:write': 'write files',
  net: 'go online',
  'env:read': 'use people’s keys',
  exec: 'start other programs',
}

/** What the skill may do more, less or otherwise than the version before. */
export function Changes({ id }: { id: string }): ReactNode {
  const query = useGet<Changes>(`/api/submissions/${encodeURIComponent(id)}/changes`)
  return (
    <Section title="What it may do">
      <Answered query={query} label="Comparing what it may do">
        {({ previous, changes }) => (
          <>
            <p className="mb-3 text-ink-2">
              {previous === null
                ? 'Everything that this first version asks for.'
                : changes.length === 0
                  ? `The same as version ${previous}.`
                  : `Against version ${previous}.`}
            </p>
            <ul className="flex flex-col gap-2">
              {changes.map((change) => (
                <li
                  key={`${change.about} ${change.name}`}
                  className="grid grid-cols-[110px_1fr] items-start gap-3"
                >
                  <span>
                    <Kind {...change} />
                  </span>
                  <span className="min-w-0 break-words">
                    <span className="font-medium">
                      {aboutWords[change.about]}{' '}
                      {change.about === 'capability'
                        ? (capabilityWords[change.name] ?? change.name)
                        : change.name}
                    </span>
                    {change.before === null || change.after === null ? (
                      <span className="block text-ink-2">{change.after ?? change.before}</span>
                    ) : (
                      <span className="block text-ink-2">
                        Was: {change.before}
                        <br />
                        Now: {change.after}
                      </span>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Section>
  )
}

function Kind({ before, after }: { before: string | null; after: string | null }): ReactNode {
  if (before === null) return <Badge tone="warn">More</Badge>
  if (after === null) return <Badge tone="ok">Less</Badge>
  return <Badge tone="neutral">Otherwise</Badge>
}
