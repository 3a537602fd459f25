import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { ConnectedAgent } from '../../../shared/agent-access.ts'
import { t } from '../../../shared/i18n/t.ts'
import { CallFailed } from '../../bridge.ts'
import { refresh, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatAgo, formatDate } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { scopeWords } from './scope-words.ts'
import { WaitingList } from './waiting-list.tsx'

/** Agents that are connected, what each may do, and what waits for an answer. */
export function ConnectedAgents(): ReactNode {
  const list = useCall('agentAccess.list', null)
  const [leaving, setLeaving] = useState<ConnectedAgent | null>(null)
  return (
    <Section title={t('Connected agents')}>
      <Door />
      <WaitingList />
      {list.isError ? (
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <SkeletonRows count={2} label={t('Loading')} />
      ) : list.data.agents.length === 0 ? (
        <p className="text-ink-2">
          {t('No agent is connected. When one asks, you see here who it is and decide what it may do.')}
        </p>
      ) : (
        <ul aria-label={t('Connected agents')} className="divide-y divide-line">
          {list.data.agents.map((agent) => (
            <AgentRow key={agent.id} agent={agent} onRemove={() => setLeaving(agent)} />
          ))}
        </ul>
      )}
      {leaving === null ? null : <RemoveDialog agent={leaving} onClose={() => setLeaving(null)} />}
    </Section>
  )
}

/** Whether agents can reach Skillet at all. */
function Door(): ReactNode {
  const client = useQueryClient()
  const status = useCall('bridge.status', null)
  const set = useChange('bridge.set')
  const { isWanted = false, isForbidden = false, problem = null } = status.data ?? {}
  return (
    <div className="mb-4 flex flex-col gap-3">
      <Switch
        label={t('Agents on this computer may ask')}
        description={
          isForbidden
            ? t('Your administrator does not let agents connect to Skillet.')
            : t('They reach Skillet only on this computer, and do nothing that you haven’t allowed.')
        }
        isSelected={isWanted && !isForbidden}
        isDisabled={isForbidden || status.data === undefined || set.isPending}
        onChange={(on) =>
          set.mutate({ on }, { onSuccess: (now) => client.setQueryData(['bridge.status', null], now) })
        }
      />
      {status.isError || set.isError ? <ErrorNote error={set.error ?? status.error} /> : null}
      {problem === null ? null : <ErrorNote error={new CallFailed(problem)} />}
    </div>
  )
}

function AgentRow({ agent, onRemove }: { agent: ConnectedAgent; onRemove: () => void }): ReactNode {
  const { name, scopes, lastUsedAt, expiresAt, prefix } = agent
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="font-medium break-words">
          <bdi>{name}</bdi>
        </p>
        <p className="text-sm text-ink-2">{scopes.map((scope) => scopeWords(scope).title).join(' · ')}</p>
        <p className="text-sm text-ink-3">
          {lastUsedAt === null ? t('Never used.') : t('Last used {{when}}.', { when: formatAgo(lastUsedAt) })}{' '}
          {t('Connected until {{date}}.', { date: formatDate(expiresAt) })}{' '}
          {t('Its token begins with {{prefix}}.', { prefix })}
        </p>
      </div>
      <Button size="small" aria-label={t('Remove {{agent}}', { agent: name })} onPress={onRemove}>
        {t('Remove')}
      </Button>
    </li>
  )
}

function RemoveDialog({ agent, onClose }: { agent: ConnectedAgent; onClose: () => void }): ReactNode {
  const client = useQueryClient()
  const notify = useNotice()
  const remove = useChange('agentAccess.disconnect')
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      width="narrow"
      role="alertdialog"
      title={t('Remove {{agent}}?', { agent: agent.name })}
      error={remove.error}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button
            look="primary"
            isPending={remove.isPending}
            onPress={() =>
              remove.mutate(
                { id: agent.id },
                {
                  async onSuccess() {
                    await refresh(client, ['agentAccess.list', 'agentAccess.waiting', 'audit.list'])
                    onClose()
                    notify({ text: t('{{agent}} was removed.', { agent: agent.name }) })
                  },
                },
              )
            }
          >
            {t('Remove')}
          </Button>
        </>
      }
    >
      <p>{t('From now on Skillet answers it nothing. It can ask to be connected again.')}</p>
    </DecisionDialog>
  )
}
