import type { ReactNode } from 'react'
import type { Agent, Connection, Placement, PlaceState } from '../../../shared/contract/agents.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { Switch } from '../../ui/switch.tsx'
import { titleOf } from './agent-words.ts'
import { usePlacing } from './placing.ts'

/** One agent: whether it reaches Skillet, and which installed skills it sees. */
export function AgentCard({
  agent,
  placements,
  onConnect,
}: {
  agent: Agent
  /** What Skillet has put into this agent's folder. */
  placements: readonly Placement[]
  onConnect: (connect: boolean) => void
}): ReactNode {
  const { connection, allowed } = agent
  const title = titleOf(agent)
  return (
    <li aria-label={title} className="flex flex-col gap-2 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex min-w-0 items-center gap-3">
          <h3 className="font-semibold">{title}</h3>
          {connection === null ? null : <ConnectionBadge state={connection.state} />}
        </div>
        {connection?.state === 'connected' ? (
          <Button
            size="small"
            aria-label={t('Disconnect {{name}}', { name: title })}
            onPress={() => onConnect(false)}
          >
            {t('Disconnect')}
          </Button>
        ) : connection?.state === 'absent' ? (
          <Button
            size="small"
            isDisabled={!allowed}
            aria-label={t('Connect {{name}}', { name: title })}
            onPress={() => onConnect(true)}
          >
            {t('Connect')}
          </Button>
        ) : null}
      </div>
      {allowed ? null : (
        <p className="text-sm text-ink-3">{t('Your administrator has not allowed this agent.')}</p>
      )}
      {connection?.problem ? (
        <p className="text-sm text-ink-2">
          <bdi>{say(connection.problem.message)}</bdi>
        </p>
      ) : null}
      {agent.skills === null ? null : (
        <Skills agent={agent} others={agent.skills.others} placements={placements} />
      )}
    </li>
  )
}

const connectionTones: Record<Connection['state'], Tone> = {
  connected: 'ok',
  absent: 'neutral',
  other: 'warn',
  unreadable: 'warn',
}

function ConnectionBadge({ state }: { state: Connection['state'] }): ReactNode {
  const words = {
    connected: t('Connected'),
    absent: t('Not connected'),
    other: t('Has another program named skillet'),
    unreadable: t('Its settings can’t be changed'),
  }
  return <Badge tone={connectionTones[state]}>{words[state]}</Badge>
}

function Skills({
  agent,
  others,
  placements,
}: {
  agent: Agent
  others: readonly string[]
  placements: readonly Placement[]
}): ReactNode {
  const library = useCall('library.list', null)
  const { place, unplace, pending } = usePlacing(agent)
  const skills = (library.data ?? []).filter(({ withdrawn }) => withdrawn === null)
  const shown = placements.filter(({ state }) => state === 'placed').length
  return (
    <Details
      title={`${t('{{count}} skills from Skillet', { count: shown })} · ${t('{{count}} others', { count: others.length })}`}
    >
      {skills.length === 0 ? (
        <p className="text-ink-2">{t('Install a skill first. Then you can give it to this agent here.')}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {skills.map(({ slug, title }) => {
            const placement = placements.find((one) => one.slug === slug)
            return (
              <li key={slug}>
                <Switch
                  label={title}
                  description={placement === undefined ? undefined : stateWords(placement.state)}
                  isSelected={placement !== undefined}
                  isDisabled={pending || (!agent.allowed && placement === undefined)}
                  onChange={(on) => void (on ? place(slug, title) : unplace(slug, title))}
                />
              </li>
            )
          })}
        </ul>
      )}
      <p className="mt-3 text-sm text-ink-3">
        {t('An agent gets a skill’s instructions. Its program stays here and runs in the sandbox.')}
      </p>
    </Details>
  )
}

function stateWords(state: PlaceState): string | undefined {
  switch (state) {
    case 'placed':
      return undefined
    case 'missing':
      return t('Somebody has taken it out of the agent’s folder. Switch it off and on to put it back.')
    case 'edited':
      return t('Somebody has edited it there, so Skillet leaves it alone.')
    case 'replaced':
      return t('Something else lies in its place, so Skillet leaves that alone.')
    case 'moved':
      return t('The agent’s folder is gone or leads somewhere else.')
  }
}
