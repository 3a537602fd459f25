import { Webhook } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Button } from '../../../renderer/ui/button.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { CheckList } from '../../ui/check-list.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { Page } from '../../ui/page.tsx'
import { Deliveries } from './deliveries.tsx'
import { eventWords, offeredEvents } from './event-words.ts'
import { t } from '../../../shared/i18n/t.ts'

interface Hook {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly createdAt: string
  readonly disabledAt: string | null
}

/** Servers of the account's own that are told what happens. */
export function WebhooksPage(): ReactNode {
  const query = useGet<{ webhooks: readonly Hook[] }>('/api/webhooks')
  const [secret, setSecret] = useState<string | null>(null)
  return (
    <Page
      title={t('Webhooks')}
      subtitle={t('Servers of your own that are told what happens, with a signature that they can check.')}
      actions={<MakeWebhook onMade={setSecret} />}
    >
      <Answered query={query} label={t('Loading the webhooks')}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <Empty icon={Webhook} title={t('No webhooks yet')}>
              {t('Make one to hear of decisions, withdrawals and machines that fall behind.')}
            </Empty>
          ) : (
            <ul aria-label={t('Webhooks')} className="flex flex-col gap-4">
              {webhooks.map((hook) => (
                <li key={hook.id} className="rounded-lg border border-line bg-raised p-5">
                  <HookView hook={hook} />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      <KeyOnce title={t('Its secret')} value={secret} onClose={() => setSecret(null)}>
        {t(
          'What is sent is signed with it, so that your server can tell it from anybody else’s. It is shown only this once.',
        )}
      </KeyOnce>
    </Page>
  )
}

function HookView({ hook }: { hook: Hook }): ReactNode {
  const path = `/api/webhooks/${hook.id}`
  const test = useChange<null, unknown>((api) => api.call('POST', `${path}/test`))
  const switchOn = useChange<null, unknown>((api) => api.call('PUT', `${path}/on`))
  const remove = useChange<null, unknown>((api) => api.call('DELETE', path))
  const error = test.error ?? switchOn.error
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold break-all">
            <bdi dir="ltr">{hook.url}</bdi>
          </h2>
          <p className="text-ink-2">
            {offeredEvents().every((name) => hook.events.includes(name))
              ? t('Told of everything that happens')
              : hook.events.map((name) => eventWords()[name] ?? name).join(' · ')}
          </p>
          <p className="text-sm text-ink-3">{t('Made {{when}}', { when: formatAgo(hook.createdAt) })}</p>
        </div>
        {hook.disabledAt === null ? null : <Badge tone="bad">{t('Switched off: it failed too often')}</Badge>}
      </div>
      {error === null ? null : <ErrorNote error={error} />}
      <div className="mt-3 flex flex-wrap gap-2">
        {hook.disabledAt === null ? (
          <Button size="small" isPending={test.isPending} onPress={() => test.mutate(null)}>
            {t('Send a test')}
          </Button>
        ) : (
          <Button size="small" isPending={switchOn.isPending} onPress={() => switchOn.mutate(null)}>
            {t('Switch it on again')}
          </Button>
        )}
        <Confirm
          label={t('Delete')}
          title={t('Delete this webhook?')}
          submit={t('Delete')}
          onConfirm={() => remove.mutateAsync(null)}
        >
          {t('Nothing is sent to {{address}} any more.', { address: hook.url })}
        </Confirm>
      </div>
      <Deliveries path={`${path}/deliveries`} isOn={hook.disabledAt === null} />
    </>
  )
}

function MakeWebhook({ onMade }: { onMade: (secret: string) => void }): ReactNode {
  const make = useChange<object, { secret: string }>((api, body) => api.call('POST', '/api/webhooks', body))
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<string[]>([])
  return (
    <FormDialog
      label={t('Make a webhook')}
      title={t('Make a webhook')}
      submit={t('Make the webhook')}
      look="primary"
      isReady={url.trim() !== '' && events.length > 0}
      onOpen={() => {
        setUrl('')
        setEvents([...offeredEvents()])
      }}
      onSubmit={async () => onMade((await make.mutateAsync({ url: url.trim(), events })).secret)}
    >
      <TextInput
        label={t('Address of your server')}
        description={t('Begins with https:// and can be reached from the internet')}
        value={url}
        onChange={setUrl}
        maxLength={500}
        autoFocus
      />
      <CheckList
        label={t('It is told when')}
        value={events}
        onChange={setEvents}
        choices={offeredEvents().map((id) => ({ id, label: eventWords()[id] ?? id }))}
      />
    </FormDialog>
  )
}
