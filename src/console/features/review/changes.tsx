import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Details } from '../../../renderer/ui/details.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { SeenText } from '../../ui/seen-text.tsx'
import { capabilityWords } from '../../words.ts'

interface Change {
  readonly about: 'capability' | 'host' | 'program' | 'folder' | 'key' | 'limit' | 'other'
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}
interface Compared {
  readonly previous: string | null
  readonly changes: readonly Change[]
}

const aboutWords: Record<Change['about'], string> = {
  capability: 'May ',
  host: 'Connects to ',
  program: 'Starts ',
  folder: 'Keeps what it writes to ',
  key: 'Uses the key ',
  limit: 'At most ',
  other: '',
}
const nameWords: Readonly<Record<string, string>> = {
  ...capabilityWords,
  timeout_s: 'seconds for a run',
  memory_mb: 'MB of memory',
  runs_per_day: 'runs a day',
  requests_per_run: 'connections in a run',
  egress_mb_per_day: 'MB sent in a day',
  command: 'How it is started',
  license: 'Licence',
  tier: 'Plan that it takes',
}

/** What the skill may do more, less or otherwise than the version before. */
export function Changes({ id }: { id: string }): ReactNode {
  const query = useGet<Compared>(`/api/submissions/${encodeURIComponent(id)}/changes`)
  return (
    <Section title="What it may do">
      <Answered query={query} label="Comparing what it may do">
        {({ previous, changes }) =>
          previous === null ? (
            <FirstVersion changes={changes} />
          ) : (
            <>
              <p className="mb-3 text-ink-2">
                {changes.length === 0 ? `The same as version ${previous}.` : `Against version ${previous}.`}
              </p>
              <List changes={changes} isFirst={false} />
            </>
          )
        }
      </Answered>
    </Section>
  )
}

/** Everything of a first version is new; what only bounds or describes it is there for who wants it. */
function FirstVersion({ changes }: { changes: readonly Change[] }): ReactNode {
  const describes = ({ about }: Change) => about === 'limit' || about === 'other'
  const asked = changes.filter((change) => !describes(change))
  return (
    <>
      <p className="mb-3 text-ink-2">
        {asked.length === 0
          ? 'This first version asks for nothing: it reads no files and goes nowhere.'
          : 'Everything that this first version asks for.'}
      </p>
      <List changes={asked} isFirst />
      <div className="mt-3">
        <Details title="Its limits, and how it is started">
          <List changes={changes.filter(describes)} isFirst />
        </Details>
      </div>
    </>
  )
}

function List({ changes, isFirst }: { changes: readonly Change[]; isFirst: boolean }): ReactNode {
  return (
    <ul className="flex flex-col gap-2">
      {changes.map((change) => (
        <li key={`${change.about} ${change.name}`} className="grid grid-cols-[110px_1fr] items-start gap-3">
          <span>
            <Kind change={change} isFirst={isFirst} />
          </span>
          <span className="min-w-0 break-words">
            <What change={change} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function What({ change: { about, name, before, after } }: { change: Change }): ReactNode {
  const known = nameWords[name] ?? name
  if (about === 'limit')
    return (
      <>
        {aboutWords.limit}
        <span className="font-medium">
          {after ?? before} {known}
        </span>
        {before === null || after === null ? null : <span className="block text-ink-2">Was: {before}</span>}
      </>
    )
  return (
    <>
      <span className="font-medium">
        {aboutWords[about]}
        <SeenText text={known} />
      </span>
      {before === null || after === null ? (
        // That a host, a program or a folder is allowed is said by its being here.
        about === 'host' || about === 'program' || about === 'folder' ? null : (
          <span className="block text-ink-2">
            <SeenText text={asText(after ?? before ?? '')} />
          </span>
        )
      ) : (
        <span className="block text-ink-2">
          Was: <SeenText text={asText(before)} />
          <br />
          Now: <SeenText text={asText(after)} />
        </span>
      )}
    </>
  )
}

function Kind({
  change: { about, before, after },
  isFirst,
}: {
  change: Change
  isFirst: boolean
}): ReactNode {
  if (isFirst && (about === 'limit' || about === 'other')) return <Badge tone="neutral">States</Badge>
  if (before === null) return <Badge tone="warn">{isFirst ? 'Asks' : 'More'}</Badge>
  if (after === null) return <Badge tone="ok">Less</Badge>
  return <Badge tone="neutral">Otherwise</Badge>
}

/** A list as its parts, one after the other; what is no list as it is. */
function asText(value: string): string {
  if (!value.startsWith('[')) return value
  try {
    const parts: unknown = JSON.parse(value)
    return Array.isArray(parts) ? parts.join(' ') : value
  } catch {
    return value
  }
}
