import { TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Pairing } from '../../../shared/agent-access.ts'
import type { AgentScope } from '../../../shared/agent-scope.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Choose } from '../../ui/choose.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useArmed } from './armed.ts'
import { lengthChoices, scopeWords } from './scope-words.ts'

/** An agent wants to be connected: which program asks, the number to compare, what it may do and for how long. */
export function PairingDialog({ pairing, onClose }: { pairing: Pairing; onClose: () => void }): ReactNode {
  const { id, name: agent, code } = pairing
  const notify = useNotice()
  const armed = useArmed()
  const list = useCall('agentAccess.list', null)
  const connect = useChange('agentAccess.connect')
  const refuse = useChange('agentAccess.refuse')
  const [scopes, setScopes] = useState<ReadonlySet<AgentScope>>(new Set(pairing.scopes))
  const max = list.data?.maxDays ?? pairing.days
  const [length, setLength] = useState<string | null>(null)
  const days = Math.min(length === null ? pairing.days : Number(length), max)
  const allow = () =>
    connect.mutate(
      { id, scopes: [...scopes], days },
      {
        onSuccess() {
          onClose()
          notify({ text: t('{{agent}} is connected. You can remove it under Agents.', { agent }) })
        },
      },
    )
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      role="alertdialog"
      title={t('{{agent}} would like to connect to Skillet', { agent })}
      error={connect.error ?? refuse.error}
      footer={
        <>
          <Button
            className="me-auto"
            look="quiet"
            isDisabled={connect.isPending || refuse.isPending}
            onPress={onClose}
          >
            {t('Decide later')}
          </Button>
          <Button
            isDisabled={!armed || connect.isPending}
            isPending={refuse.isPending}
            onPress={() => refuse.mutate({ id }, { onSuccess: onClose })}
          >
            {t('Don’t allow')}
          </Button>
          <Button
            look="primary"
            isDisabled={!armed || scopes.size === 0 || refuse.isPending}
            isPending={connect.isPending}
            onPress={allow}
          >
            {t('Allow')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col items-center gap-1 rounded-lg border border-line bg-sunk p-4 text-center">
          <p dir="ltr" className="font-mono text-2xl font-bold tracking-[0.2em] select-text">
            {code.slice(0, 3)} {code.slice(3)}
          </p>
          <p className="text-balance text-ink-2">
            {t('The agent shows you the same number. If it shows another one or none, don’t allow this.')}
          </p>
        </div>
        {pairing.nameTaken ? (
          <div role="note" className="flex gap-3 rounded-lg bg-warn-soft p-4">
            <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-warn" />
            <p>
              {t(
                'An agent with this name is connected already. Anything can call itself so: allow it only if you have just asked it to connect again.',
              )}
            </p>
          </div>
        ) : null}
        <Who pairing={pairing} />
        <fieldset>
          <legend className="mb-1.5 font-semibold">{t('What it may do')}</legend>
          <div className="flex flex-col gap-2.5">
            {pairing.scopes.map((scope) => {
              const { title, description } = scopeWords(scope)
              return (
                <Switch
                  key={scope}
                  label={title}
                  description={description}
                  isSelected={scopes.has(scope)}
                  onChange={(on) =>
                    setScopes((before) => new Set([...before, scope].filter((one) => on || one !== scope)))
                  }
                />
              )
            })}
          </div>
        </fieldset>
        <div className="flex items-center justify-between gap-4">
          <p className="font-semibold">{t('For how long')}</p>
          <Choose
            label={t('For how long')}
            value={String(days)}
            onChange={setLength}
            choices={lengthChoices(max, pairing.days)}
          />
        </div>
      </div>
    </DecisionDialog>
  )
}

/** The process at the other end, as far as the system says; its words are its own. */
function Who({ pairing: { peer } }: { pairing: Pairing }): ReactNode {
  if (peer.name === null && peer.path === null && peer.pid === null)
    return <p className="text-ink-2">{t('This computer doesn’t say which program asks.')}</p>
  return (
    <Facts
      facts={[
        ...(peer.name === null ? [] : [[t('Program that asks'), <bdi key="name">{peer.name}</bdi>] as const]),
        ...(peer.path === null
          ? []
          : [
              [
                t('Where it lies'),
                <bdi key="path" dir="ltr" className="break-all">
                  {peer.path}
                </bdi>,
              ] as const,
            ]),
        ...(peer.pid === null ? [] : [[t('Process number'), String(peer.pid)] as const]),
      ]}
    />
  )
}
