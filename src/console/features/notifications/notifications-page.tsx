import { Bell } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { eventWords } from '../webhooks/event-words.ts'
import type { Notification, Notifications } from './notification.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'

const path = '/api/account/notifications'

/** What the registry has to tell the account: what became of its submissions, skills, reports and machines. */
export function NotificationsPage(): ReactNode {
  const me = useMe()
  const query = useGet<Notifications>(path)
  const readAll = useChange<null, null>((api) => api.call('POST', `${path}/read`))
  const unread = query.data?.unread ?? 0
  return (
    <Page
      title={t('Notifications')}
      subtitle={t('What became of the submissions, skills, reports and machines of {{account}}.', {
        account: me.account,
      })}
      actions={
        unread === 0 ? undefined : (
          <Button isPending={readAll.isPending} onPress={() => readAll.mutate(null)}>
            {t('Mark all as read')}
          </Button>
        )
      }
    >
      <Answered query={query} label={t('Loading the notifications')}>
        {({ notifications }) =>
          notifications.length === 0 ? (
            <Empty icon={Bell} title={t('Nothing to tell yet')}>
              {t(
                'Decisions about what you submit, answers to your reports, and anything that is withdrawn appear here.',
              )}
            </Empty>
          ) : (
            <ul
              aria-label={t('Notifications')}
              className="divide-y divide-line rounded-lg border border-line bg-raised"
            >
              {notifications.map((one) => (
                <li key={one.id} className="flex gap-3 px-4 py-3">
                  <Told notification={one} />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Page>
  )
}

function Told({
  notification: { id, kind, words, link, at, read },
}: {
  notification: Notification
}): ReactNode {
  const said = say(words)
  const mark = useChange<boolean, null>((api, is) => api.call('PUT', `${path}/${id}/read`, { read: is }))
  return (
    <>
      <span aria-hidden className={`mt-1.5 size-2 shrink-0 rounded-full ${read ? '' : 'bg-brand'}`} />
      <div className="min-w-0 flex-1">
        <p className={`break-words select-text ${read ? '' : 'font-semibold'}`}>{said}</p>
        <p className="text-sm text-ink-3">
          {[...(read ? [] : [t('New')]), eventWords()[kind] ?? kind, formatAgo(at)].join(' · ')}
          {link === null ? null : (
            <>
              {' · '}
              <TextLink href={link}>{t('Look')}</TextLink>
            </>
          )}
        </p>
      </div>
      <Button
        look="quiet"
        size="small"
        className="self-start"
        isPending={mark.isPending}
        aria-label={`${read ? t('Mark as unread') : t('Mark as read')}: ${said}`}
        onPress={() => mark.mutate(!read)}
      >
        {read ? t('Mark as unread') : t('Mark as read')}
      </Button>
    </>
  )
}
