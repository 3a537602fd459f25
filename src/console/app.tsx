import { QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { Button } from '../renderer/ui/button.tsx'
import { NoticeProvider } from '../renderer/ui/toast.tsx'
import type { Api } from './api.ts'
import { Sidebar } from './features/shell/sidebar.tsx'
import { SignInPage } from './features/sign-in/sign-in-page.tsx'
import { useLocale } from './language.ts'
import { may, MeProvider, type Me } from './me.ts'
import { nouns } from './pages.tsx'
import { ApiProvider, createQueryClient, useApi, useGet } from './query.ts'
import { parseHash, useHash } from './route.ts'
import { Answered } from './ui/answered.tsx'
import { Boundary } from './ui/boundary.tsx'
import { Page } from './ui/page.tsx'
import { TextLink } from './ui/text-link.tsx'
import { t } from '../shared/i18n/t.ts'

/** The whole console. Everything it knows comes through `api`. */
export function App({ api }: { api: Api }): ReactNode {
  const [client] = useState(createQueryClient)
  const locale = useLocale()
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={client}>
        <ApiProvider value={api}>
          <NoticeProvider>
            <Boundary>
              <Shell />
            </Boundary>
          </NoticeProvider>
        </ApiProvider>
      </QueryClientProvider>
    </I18nProvider>
  )
}

function Shell(): ReactNode {
  const hash = useHash()
  const [first = '', second] = parseHash(hash)
  const invited = first === 'sign-in'
  const me = useGet<Me>('/api/me', { enabled: !invited })
  if (invited || me.error?.code === 'UNAUTHORIZED')
    return (
      <main className="h-full overflow-y-auto">
        <SignInPage key={hash} word={invited ? (second ?? null) : null} />
      </main>
    )
  return (
    <Answered query={me} label={t('Opening the console')}>
      {(known) => (
        <MeProvider value={known}>
          <div className="flex h-full">
            <Sidebar path={first} />
            <main className="min-w-0 flex-1 overflow-y-auto">
              <Boundary key={hash}>
                <Content first={first} second={second} me={known} />
              </Boundary>
            </main>
          </div>
        </MeProvider>
      )}
    </Answered>
  )
}

function Content({ first, second, me }: { first: string; second: string | undefined; me: Me }): ReactNode {
  const open = nouns.filter(({ scopes }) => may(me, scopes))
  const noun = first === '' ? open[0] : nouns.find(({ path }) => path === first)
  if (noun === undefined)
    return (
      <Page title={t('There is nothing here')}>
        <p>
          {t('This address leads nowhere.')} <TextLink href="#/">{t('Go to the start')}</TextLink>
        </p>
      </Page>
    )
  if (!open.includes(noun)) return <NotYours label={noun.label()} me={me} />
  return second !== undefined && noun.detail !== undefined ? noun.detail(second) : noun.page()
}

/** A page that the account which is chosen doesn't open; another one may. */
function NotYours({ label, me }: { label: string; me: Me }): ReactNode {
  const api = useApi()
  const client = useQueryClient()
  const others = me.accounts.filter(({ name }) => name !== me.account)
  const choose = (name: string) => {
    api.choose(name)
    void client.resetQueries()
  }
  return (
    <Page title={t('{{page}} is not open to you', { page: label })}>
      <p>
        {t(
          'In {{account}} you don’t have the permission for this page. An administrator of the account can give it to you.',
          { account: me.account },
        )}
      </p>
      {others.length === 0 ? null : (
        <div className="flex flex-wrap gap-2">
          {others.map(({ name }) => (
            <Button key={name} onPress={() => choose(name)}>
              {t('Look in {{account}}', { account: name })}
            </Button>
          ))}
        </div>
      )}
    </Page>
  )
}
