import { useQueryClient } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { EventOf } from '../../../shared/contract/index.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useBridge } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { PageNotice } from '../../ui/page-notice.tsx'
import { useNotice } from '../../ui/toast.tsx'

type News = EventOf<'managed.preinstall'>

/** Says what administrators have installed here, while it happens and how it ended. */
export function PreinstallBanner(): ReactNode {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const [current, setCurrent] = useState<News | null>(null)
  const [failed, setFailed] = useState<readonly News[]>([])
  useEffect(
    () =>
      bridge.on('managed.preinstall', (news) => {
        setCurrent(news.state === 'installing' ? news : null)
        if (news.state === 'failed')
          setFailed((earlier) => [...earlier.filter(({ slug }) => slug !== news.slug), news])
        if (news.state !== 'installed') return
        notify({ text: t('Your administrator has installed {{title}}.', { title: news.title }) })
        void refresh(client, staleAfter.install)
      }),
    [bridge, client, notify],
  )
  const [first] = failed
  return (
    <>
      {current === null ? null : (
        <p
          role="status"
          className="flex items-center gap-3 border-b border-line bg-brand-soft px-8 py-2.5 font-medium"
        >
          <LoaderCircle
            aria-hidden
            size={18}
            strokeWidth={1.75}
            className="shrink-0 animate-spin text-brand"
          />
          {current.fraction === null
            ? t('Your administrator is installing {{title}} …', { title: current.title })
            : t('Your administrator is installing {{title}}: {{percent}} %', {
                title: current.title,
                percent: Math.round(current.fraction * 100),
              })}
        </p>
      )}
      {first === undefined || first.problem === null ? null : (
        <PageNotice
          tone="warn"
          headline={
            failed.length === 1
              ? t('{{title}}, which your administrator asks for, was not installed.', { title: first.title })
              : t('{{count}} skills that your administrator asks for were not installed.', {
                  count: failed.length,
                })
          }
          about={first.title}
          leads={
            <LinkButton size="small" href={hrefs.activity}>
              {t('See why')}
            </LinkButton>
          }
          onClose={() => setFailed([])}
        >
          {say(first.problem.message)} {say(first.problem.remedy)}
        </PageNotice>
      )}
    </>
  )
}
