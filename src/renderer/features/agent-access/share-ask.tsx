import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Choose } from '../../ui/choose.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/facts.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useArmed } from './armed.ts'
import { askedWords } from './asked-words.ts'
import { Reason, type AskProps } from './reason.tsx'
import { lengthChoices } from './scope-words.ts'

/** An agent wants a token for a bundle: what whoever has it can do, and for how long. */
export function ShareAsk({ request, onClose }: AskProps): ReactNode {
  const { id, slug, title } = request
  const agent = request.agent.name
  const asked = request.days ?? 1
  const notify = useNotice()
  const armed = useArmed()
  const deny = useChange('agentAccess.denyRequest')
  const allow = useChange('agentAccess.allowShare')
  const [length, setLength] = useState(String(asked))
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      role="alertdialog"
      title={askedWords(request)}
      error={deny.error ?? allow.error}
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
            {t('Don’t share')}
          </Button>
          <Button
            look="primary"
            isDisabled={!armed || deny.isPending}
            isPending={allow.isPending}
            onPress={() =>
              allow.mutate(
                { id, days: Number(length) },
                {
                  onSuccess() {
                    onClose()
                    notify({ text: t('{{agent}} may now share {{title}}.', { agent, title }) })
                  },
                },
              )
            }
          >
            {t('Share')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Reason request={request} />
        <p>
          {t(
            '{{agent}} gets a secret that it can hand on. Whoever has it can read this bundle and get its skills, with your plan. They can change nothing, and see nothing else of your account.',
            { agent },
          )}
        </p>
        <Facts
          facts={[
            [t('Bundle'), <bdi key="title">{title}</bdi>],
            [
              t('Name'),
              <bdi key="slug" dir="ltr">
                {slug}
              </bdi>,
            ],
          ]}
        />
        <div className="flex items-center justify-between gap-4">
          <p className="font-semibold">{t('For how long')}</p>
          <Choose
            label={t('For how long')}
            value={length}
            onChange={setLength}
            choices={lengthChoices(asked, asked)}
          />
        </div>
        <p className="text-ink-2">{t('You can end it earlier, where the registry lists your keys.')}</p>
      </div>
    </DecisionDialog>
  )
}
