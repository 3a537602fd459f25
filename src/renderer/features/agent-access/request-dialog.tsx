import { useState, type ReactNode } from 'react'
import type { WaitingRequest } from '../../../shared/agent-access.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Switch } from '../../ui/switch.tsx'
import { mustAsk, PermissionDialog } from '../permissions/permission-dialog.tsx'
import { useArmed } from './armed.ts'
import { useLookAtInstall } from './look-at-install.ts'
import { PublishAsk } from './publish-ask.tsx'
import { Reason, type AskProps } from './reason.tsx'
import { ShareAsk } from './share-ask.tsx'

/** An agent asks for something that only the person can do. */
export function RequestDialog({
  request,
  onClose,
}: {
  request: WaitingRequest
  onClose: () => void
}): ReactNode {
  switch (request.kind) {
    case 'install':
      return <InstallAsk request={request} onClose={onClose} />
    case 'run':
      return <RunAsk request={request} onClose={onClose} />
    case 'share':
      return <ShareAsk request={request} onClose={onClose} />
    case 'publish':
      return <PublishAsk request={request} onClose={onClose} />
  }
}

function InstallAsk({ request, onClose }: AskProps): ReactNode {
  const { id, title } = request
  const armed = useArmed()
  const deny = useChange('agentAccess.denyRequest')
  const look = useLookAtInstall()
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      role="alertdialog"
      title={t('{{agent}} would like to install {{title}}', { agent: request.agent.name, title })}
      error={deny.error}
      footer={
        <>
          <Button className="me-auto" look="quiet" onPress={onClose}>
            {t('Decide later')}
          </Button>
          <Button
            isDisabled={!armed}
            isPending={deny.isPending}
            onPress={() => deny.mutate({ id }, { onSuccess: onClose })}
          >
            {t('Don’t install')}
          </Button>
          <Button
            look="primary"
            isDisabled={!armed || deny.isPending}
            onPress={() => {
              onClose()
              look(request)
            }}
          >
            {t('See what it asks for')}
          </Button>
        </>
      }
    >
      <Reason request={request} />
      <p className="text-ink-2">
        {t('Nothing is installed before you have decided about each thing that the skill wants to do.')}
      </p>
    </DecisionDialog>
  )
}

function RunAsk({ request, onClose }: AskProps): ReactNode {
  const { id, slug, title } = request
  const agent = request.agent.name
  const armed = useArmed()
  const deny = useChange('agentAccess.denyRequest')
  const allow = useChange('agentAccess.allowRun')
  const asks = useCall('grants.asks', { slug })
  const library = useCall('library.list', null)
  const [folder, setFolder] = useState(false)
  const [answering, setAnswering] = useState(false)
  const inputs = library.data?.find((skill) => skill.slug === slug)?.manifest.run.inputs ?? {}
  const given = Object.entries(request.inputs)
  const hasFile = given.some(([name]) => inputs[name]?.type === 'file' || inputs[name]?.type === 'folder')
  const run = () => allow.mutate({ id, folder }, { onSuccess: onClose })
  if (answering)
    return (
      <PermissionDialog
        skill={{ slug, title }}
        goOn={t('Allow and run')}
        onAllowed={run}
        onClose={() => setAnswering(false)}
      />
    )
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      role="alertdialog"
      title={t('{{agent}} would like to run {{title}}', { agent, title })}
      subtitle={t('{{agent}} gets to read what it prints.', { agent })}
      error={deny.error ?? allow.error ?? asks.error}
      footer={
        <>
          <Button className="me-auto" look="quiet" onPress={onClose}>
            {t('Decide later')}
          </Button>
          <Button
            isDisabled={!armed || allow.isPending}
            isPending={deny.isPending}
            onPress={() => deny.mutate({ id }, { onSuccess: onClose })}
          >
            {t('Don’t run it')}
          </Button>
          <Button
            look="primary"
            isDisabled={!armed || asks.data === undefined || deny.isPending}
            isPending={allow.isPending}
            onPress={() => (asks.data !== undefined && mustAsk(asks.data) ? setAnswering(true) : run())}
          >
            {t('Allow this run')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Reason request={request} />
        {given.length === 0 ? null : (
          <Facts
            facts={given.map(([name, value]) => [
              inputs[name]?.title ?? name,
              <bdi key={name} dir={isPath(inputs[name]?.type) ? 'ltr' : 'auto'} className="break-all">
                {String(value)}
              </bdi>,
            ])}
          />
        )}
        {hasFile ? (
          <Switch
            label={t('Don’t ask again for files from the same folder')}
            description={t('{{agent}} may then give {{title}} any file in there, and read what it prints.', {
              agent,
              title,
            })}
            isSelected={folder}
            onChange={setFolder}
          />
        ) : null}
      </div>
    </DecisionDialog>
  )
}

function isPath(type: string | undefined): boolean {
  return type === 'file' || type === 'folder'
}
