import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Agent, ConfigChange } from '../../../shared/contract/agents.ts'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { titleOf } from './agent-words.ts'

/** Shows the change to an agent's own settings, line by line, before it is made. */
export function ConnectDialog({
  agent,
  connect,
  onClose,
}: {
  agent: Agent
  connect: boolean
  onClose: () => void
}): ReactNode {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  // Whatever was shown for it earlier may have changed since.
  const plan = useCall('agents.planConnect', { agent: agent.id, connect }, { staleTimeMs: 0 })
  const change = useChange('agents.connect')
  const name = titleOf(agent)

  async function undo(): Promise<void> {
    try {
      const { digest } = await ask(bridge, 'agents.planConnect', { agent: agent.id, connect: !connect })
      await ask(bridge, 'agents.connect', { agent: agent.id, connect: !connect, digest })
      notify({ text: t('{{name}}’s settings are as they were.', { name }) })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.agents)
  }

  const confirm = (digest: string) =>
    change.mutate(
      { agent: agent.id, connect, digest },
      {
        onSuccess: () => {
          notify({
            text: connect
              ? t('{{name}} is connected. Start it again, then it finds Skillet.', { name })
              : t('{{name}} is no longer connected.', { name }),
            action: { label: t('Undo'), run: () => void undo() },
          })
          onClose()
          void refresh(client, staleAfter.agents)
        },
        // What is shown is no longer what would be changed.
        onError: () => void plan.refetch(),
      },
    )
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      title={connect ? t('Connect {{name}}', { name }) : t('Disconnect {{name}}', { name })}
      subtitle={
        connect
          ? t('Skillet adds itself to the settings of this agent. Nothing else in them changes.')
          : t('Skillet takes itself out of the settings of this agent. Nothing else in them changes.')
      }
      error={change.error}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button
            look="primary"
            isDisabled={plan.data === undefined || plan.isFetching}
            isPending={change.isPending}
            onPress={() => {
              if (plan.data !== undefined) confirm(plan.data.digest)
            }}
          >
            {connect ? t('Connect') : t('Disconnect')}
          </Button>
        </>
      }
    >
      {plan.isError ? (
        <ErrorNote linked={false} error={plan.error} onRetry={() => void plan.refetch()} />
      ) : plan.data === undefined ? (
        <SkeletonRows count={2} label={t('Loading')} />
      ) : (
        <Change change={plan.data} />
      )}
    </DecisionDialog>
  )
}

const looks = { same: 'text-ink-3', added: 'bg-ok-soft text-ok', removed: 'bg-bad-soft text-bad' }
const signs = { same: ' ', added: '+', removed: '-' }

function Change({ change: { file, isNew, diff } }: { change: ConfigChange }): ReactNode {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm break-all text-ink-2">
        <bdi dir="ltr">{file}</bdi>
        {isNew ? ` · ${t('new file')}` : null}
      </p>
      {/* It can be longer than the dialog is wide, and is scrolled by keyboard as well. */}
      <pre
        aria-label={t('The change')}
        role="region"
        tabIndex={0}
        className="overflow-x-auto rounded-md border border-line bg-ground p-3 text-sm"
      >
        {diff.map(({ kind, text }, index) => (
          <div key={index} className={looks[kind]}>
            {`${signs[kind]} ${text}`}
          </div>
        ))}
      </pre>
      <p className="text-sm text-ink-3">{t('A copy of the file as it is now is kept beside it.')}</p>
    </div>
  )
}
