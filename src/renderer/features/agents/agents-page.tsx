import { Bot } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Agent } from '../../../shared/contract/agents.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ConnectedAgents } from '../agent-access/connected-agents.tsx'
import { AgentCard } from './agent-card.tsx'
import { ConnectDialog } from './connect-dialog.tsx'

/** The agents on this computer: which skills each sees, how each reaches Skillet, and what may ask for more. */
export function AgentsPage(): ReactNode {
  const list = useCall('agents.list', null)
  const [changing, setChanging] = useState<{ agent: Agent; connect: boolean } | null>(null)
  const placements = list.data?.placements ?? []
  const isShown = ({ id, found }: Agent) => found || placements.some(({ agents }) => agents.includes(id))
  const agents = (list.data?.agents ?? []).filter(isShown)
  return (
    <Page
      title={t('Agents')}
      subtitle={t('The AI agents on this computer, and what they get from Skillet.')}
      actions={<LinkButton href={hrefs.checkSkills}>{t('Check my skills')}</LinkButton>}
    >
      <div className="flex flex-col gap-4">
        <ConnectedAgents />
        <Section title={t('On this computer')}>
          {list.isError ? (
            <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <SkeletonRows count={3} label={t('Looking for agents')} />
          ) : agents.length === 0 ? (
            <Empty icon={Bot} title={t('No agents found')}>
              {t(
                'When you have Claude Code, Codex, Cursor or another agent here, you give it skills on this page.',
              )}
            </Empty>
          ) : (
            <ul aria-label={t('On this computer')} className="divide-y divide-line">
              {agents.map((agent) => (
                <AgentCard
                  key={agent.id}
                  agent={agent}
                  placements={placements.filter((place) => place.agents.includes(agent.id))}
                  onConnect={(connect) => setChanging({ agent, connect })}
                />
              ))}
            </ul>
          )}
        </Section>
      </div>
      {changing === null ? null : <ConnectDialog {...changing} onClose={() => setChanging(null)} />}
    </Page>
  )
}
