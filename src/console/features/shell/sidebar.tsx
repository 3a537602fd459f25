import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeftRight, LogOut } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { useMediaQuery } from '../../../renderer/ui/media-query.ts'
import { SideHint, SideLink, SideNav } from '../../../renderer/ui/side-nav.tsx'
import { may, useMe, type Me } from '../../me.ts'
import { nouns } from '../../pages.tsx'
import { useApi, useGet } from '../../query.ts'
import { navigate, toHref } from '../../route.ts'
import { tierWords } from '../../words.ts'
import type { Notifications } from '../notifications/notification.ts'
import { t } from '../../../shared/i18n/t.ts'
import { ChooseLanguage } from './choose-language.tsx'

const groups = ['publishing', 'team', 'review', 'registry'] as const
const groupWords = (): Record<(typeof groups)[number], string> => ({
  publishing: t('Publishing'),
  team: t('Team'),
  review: t('Review'),
  registry: t('Registry'),
})
/** How often it is asked what is new. */
const lookMs = 30_000

/** The nouns that this person may open, which account they act for, and who they are at the foot. */
export function Sidebar({ path }: { path: string }): ReactNode {
  const me = useMe()
  const folded = useMediaQuery('(max-width: 960px)')
  const badges = useBadges(me)
  const open = nouns.filter(({ scopes }) => may(me, scopes))
  const current = path === '' ? open[0]?.path : path
  const list = useRef<HTMLDivElement>(null)
  // In a low window there is more than fits.
  useEffect(() => {
    list.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest' })
  }, [current, folded])
  return (
    <SideNav>
      <AccountSwitch folded={folded} />
      <div ref={list} className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1">
        {groups.map((group) => {
          const members = open.filter((noun) => noun.group === group)
          if (members.length === 0) return null
          return (
            <section key={group} aria-label={groupWords()[group]} className="mb-2">
              <h2 className="sr-only text-sm text-ink-3 wide:not-sr-only wide:block wide:px-2.5">
                {groupWords()[group]}
              </h2>
              <ul className="flex flex-col">
                {members.map((noun) => (
                  <li key={noun.path}>
                    <SideLink
                      href={toHref(noun.path)}
                      label={noun.label()}
                      icon={noun.icon}
                      isCurrent={noun.path === current}
                      badge={badges[noun.path] ?? null}
                      isDense
                      isFolded={folded}
                    />
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </div>
      <Person folded={folded} />
    </SideNav>
  )
}

/** What waits under each noun, in words. */
function useBadges(me: Me): Readonly<Record<string, string>> {
  const news = useGet<Notifications>('/api/account/notifications', {
    enabled: may(me, ['write:account', 'write:publish']),
    everyMs: () => lookMs,
  })
  const unread = news.data?.unread ?? 0
  return unread === 0
    ? {}
    : { notifications: unread > 9 ? t('more than 9 new') : t('{{count}} new', { count: unread }) }
}

/** Which of their accounts this person acts for. */
function AccountSwitch({ folded }: { folded: boolean }): ReactNode {
  const me = useMe()
  const api = useApi()
  const client = useQueryClient()
  if (me.accounts.length < 2) return null
  const choose = (account: string) => {
    api.choose(account)
    navigate('#/')
    void client.resetQueries()
  }
  return (
    <SideHint text={t('Account: {{account}}', { account: me.account })} isDisabled={!folded}>
      <div className="mb-3 max-wide:self-center">
        <Choose
          label={t('Account')}
          value={me.account}
          onChange={choose}
          choices={me.accounts.map(({ name }) => ({ id: name, label: name }))}
          {...(folded
            ? { trigger: <ArrowLeftRight size={18} strokeWidth={1.75} aria-hidden className="-mx-1" /> }
            : {})}
        />
      </div>
    </SideHint>
  )
}

/** Who is signed in, and the way out. */
function Person({ folded }: { folded: boolean }): ReactNode {
  const me = useMe()
  const api = useApi()
  const client = useQueryClient()
  const leave = async () => {
    await api.signOut()
    navigate('#/')
    await client.resetQueries()
  }
  const roles = { reviewer: t('reviewer here'), administrator: t('administrator here') }
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      <div className="sr-only wide:not-sr-only wide:px-1">
        <p className="truncate font-medium">{me.name}</p>
        <p className="text-sm text-ink-3">
          {[tierWords()[me.tier], ...(me.staff === null ? [] : [roles[me.staff]])].join(' · ')}
        </p>
      </div>
      <div className="flex items-center justify-between gap-2 max-wide:flex-col">
        <SideHint text={t('Sign out')} isDisabled={!folded}>
          <Button
            look="quiet"
            size="small"
            aria-label={t('Sign out')}
            className="justify-start max-wide:px-2"
            onPress={() => void leave()}
          >
            <LogOut size={18} strokeWidth={1.75} aria-hidden />
            <span className="max-wide:hidden">{t('Sign out')}</span>
          </Button>
        </SideHint>
        <SideHint text={t('Language')} isDisabled={!folded}>
          <div>
            <ChooseLanguage />
          </div>
        </SideHint>
      </div>
    </div>
  )
}
