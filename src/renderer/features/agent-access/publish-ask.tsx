import type { ReactNode } from 'react'
import type { FolderLook } from '../../../shared/contract/agent-access.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatBytes } from '../../ui/format.ts'
import { useNotice } from '../../ui/toast.tsx'
import { FindingRow } from '../agents/scanned-card.tsx'
import { useArmed } from './armed.ts'
import { askedWords } from './asked-words.ts'
import { Reason, type AskProps } from './reason.tsx'

/** An agent wants to hand in a skill: its files, what the check found, and what is new. Nothing else is submitted. */
export function PublishAsk({ request, onClose }: AskProps): ReactNode {
  const { id, title } = request
  const notify = useNotice()
  const armed = useArmed()
  const look = useCall('agentAccess.lookAtFolder', { id })
  const deny = useChange('agentAccess.denyRequest')
  const allow = useChange('agentAccess.allowPublish')
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      role="alertdialog"
      title={askedWords(request)}
      error={deny.error ?? allow.error ?? look.error}
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
            {t('Don’t submit')}
          </Button>
          <Button
            look="primary"
            isDisabled={!armed || look.data === undefined || look.error !== null || deny.isPending}
            isPending={allow.isPending}
            onPress={() =>
              allow.mutate(
                { id },
                {
                  onSuccess() {
                    onClose()
                    notify({
                      text: t('{{title}} was submitted. People of the registry look at it now.', { title }),
                    })
                  },
                },
              )
            }
          >
            {t('Submit for review')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Reason request={request} />
        <p>
          {t(
            'These files go to the registry in your name. People there look at them; once they approve, anybody can get the skill.',
          )}
        </p>
        {look.data === undefined ? (
          look.error === null ? (
            <p className="text-ink-2">{t('Looking through the folder…')}</p>
          ) : null
        ) : (
          <Look look={look.data} />
        )}
      </div>
    </DecisionDialog>
  )
}

function Look({
  look: { folder, slug, version, files, report, published, asks },
}: {
  look: FolderLook
}): ReactNode {
  const findings = report.findings.filter(({ severity }) => severity !== 'info')
  return (
    <>
      <Facts
        facts={[
          [
            t('Name'),
            <bdi key="name" dir="ltr">
              {slug}
            </bdi>,
          ],
          [t('Version'), <bdi key="version">{version}</bdi>],
          [
            t('Folder'),
            <bdi key="folder" dir="ltr" className="break-all">
              {folder}
            </bdi>,
          ],
          [t('What is new'), newsOf(published)],
          [
            t('It may'),
            asks.length === 0
              ? t('Nothing that needs an answer')
              : asks
                  .map(({ title, isNew }) => (isNew ? t('{{what}} (new)', { what: say(title) }) : say(title)))
                  .join(' · '),
          ],
        ]}
      />
      <section>
        <h3 className="mb-1.5 font-semibold">{t('What the check found')}</h3>
        {findings.length === 0 ? (
          <p className="text-ink-2">{t('Nothing found')}</p>
        ) : (
          <ul className="flex flex-col gap-4">
            {findings.map((finding, index) => (
              <FindingRow key={index} finding={finding} />
            ))}
          </ul>
        )}
      </section>
      <section aria-label={t('Files')}>
        <h3 className="mb-1.5 font-semibold">{t('Files')}</h3>
        <ul
          className="max-h-40 overflow-y-auto rounded-lg bg-sunk px-3 py-2 text-sm"
          tabIndex={0}
          aria-label={t('Files')}
        >
          {files.map(({ path, size }) => (
            <li key={path} className="flex justify-between gap-4">
              <bdi dir="ltr" className="break-all">
                {path}
              </bdi>
              <span className="shrink-0 text-ink-3">{formatBytes(size)}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function newsOf(published: FolderLook['published']): string {
  if (published === null) return t('The registry has no skill with this name yet.')
  const { version, added, changed, removed } = published
  return t(
    'Version {{version}} is published. Changed files: {{changed}}, added: {{added}}, taken away: {{removed}}.',
    { version, changed: changed.length, added: added.length, removed: removed.length },
  )
}
