import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Details } from '../../../renderer/ui/details.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { SeenText } from '../../ui/seen-text.tsx'
import { capabilityWords } from '../../words.ts'
import { t } from '../../../shared/i18n/t.ts'
import { formatDuration, formatMemory } from '../../../renderer/ui/format.ts'
import { rich } from '../../../renderer/ui/rich.tsx'

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

/** What a change is about, with `<name>` where the skill's own name for it belongs. */
function aboutWords({ about, name }: Change): string {
  switch (about) {
    case 'capability':
      return t('May {{capability}}', { capability: capabilityWords()[name] ?? name })
    case 'host':
      return t('Connects to <name></name>')
    case 'program':
      return t('Starts <name></name>')
    case 'folder':
      return t('Keeps what it writes to <name></name>')
    case 'key':
      return t('Uses the key <name></name>')
    default:
      return otherWords()[name] ?? '<name></name>'
  }
}

const otherWords = (): Readonly<Record<string, string>> => ({
  command: t('How it is started'),
  license: t('Licence'),
  tier: t('Plan that it takes'),
})

/** A limit of a run in words, by its name in the manifest. */
function limitWords(name: string, value: string): string {
  const number = Number(value)
  const mb = () => formatMemory(number)
  switch (name) {
    case 'timeout_s':
      return t('At most {{time}} for a run', { time: formatDuration(number * 1000) })
    case 'memory_mb':
      return t('At most {{size}} of memory', { size: mb() })
    case 'runs_per_day':
      return t('At most {{count}} runs a day', { count: number })
    case 'requests_per_run':
      return t('At most {{count}} connections in a run', { count: number })
    case 'egress_mb_per_day':
      return t('At most {{size}} sent in a day', { size: mb() })
    default:
      return t('At most {{value}} {{name}}', { value, name })
  }
}

/** What the skill may do more, less or otherwise than the version before. */
export function Changes({ id }: { id: string }): ReactNode {
  const query = useGet<Compared>(`/api/submissions/${encodeURIComponent(id)}/changes`)
  return (
    <Section title={t('What it may do')}>
      <Answered query={query} label={t('Comparing what it may do')}>
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
          ? t('This first version asks for nothing: it reads no files and goes nowhere.')
          : t('Everything that this first version asks for.')}
      </p>
      <List changes={asked} isFirst />
      <div className="mt-3">
        <Details title={t('Its limits, and how it is started')}>
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

function What({ change }: { change: Change }): ReactNode {
  const { about, name, before, after } = change
  if (about === 'limit')
    return (
      <>
        <span className="font-medium">{limitWords(name, after ?? before ?? '')}</span>
        {before === null || after === null ? null : (
          <span className="block text-ink-2">
            {t('Before: {{limit}}', { limit: limitWords(name, before) })}
          </span>
        )}
      </>
    )
  return (
    <>
      <span className="font-medium">
        {rich(aboutWords(change), { name: () => <SeenText text={name} /> })}
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
          {rich(t('Was: <value></value>'), { value: () => <SeenText text={asText(before)} /> })}
          <br />
          {rich(t('Now: <value></value>'), { value: () => <SeenText text={asText(after)} /> })}
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
  if (isFirst && (about === 'limit' || about === 'other')) return <Badge tone="neutral">{t('States')}</Badge>
  if (before === null) return <Badge tone="warn">{isFirst ? t('Asks') : t('More')}</Badge>
  if (after === null) return <Badge tone="ok">{t('Less')}</Badge>
  return <Badge tone="neutral">{t('Otherwise')}</Badge>
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
