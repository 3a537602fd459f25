import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Mark } from '../../../renderer/ui/mark.tsx'
import { useApi } from '../../query.ts'
import { navigate } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { ChooseLanguage } from '../shell/choose-language.tsx'

/** The way in: through GitHub where that is set up, or with the word of a link that an administrator made. */
export function SignInPage({ word }: { word: string | null }): ReactNode {
  return (
    <div className="mx-auto flex min-h-full max-w-110 flex-col justify-center px-6 py-10">
      <div className="rounded-xl border border-line bg-raised p-8">
        <div className="mb-5 flex items-center gap-3">
          <Mark size={36} />
          <h1 className="min-w-0 flex-1 text-2xl font-bold tracking-[-0.01em]">{t('Skillet console')}</h1>
          <ChooseLanguage />
        </div>
        {word === null ? <Ways /> : <Invitation word={word} />}
      </div>
    </div>
  )
}

/** Opened by a press, not by loading the page: what looks at links before people do must not use this one up. */
function Invitation({ word }: { word: string }): ReactNode {
  const api = useApi()
  const client = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const [pending, setPending] = useState(false)
  const enter = async () => {
    setPending(true)
    setError(null)
    try {
      await api.open('POST', '/auth/link', { word })
      api.choose(null)
      navigate('#/')
      await client.resetQueries()
    } catch (thrown) {
      setError(thrown)
      setPending(false)
    }
  }
  return (
    <div className="flex flex-col gap-5">
      <p className="text-ink-2">
        {t(
          'This link signs you in on this computer for two weeks. It works once, within ten minutes of being made.',
        )}
      </p>
      {error === null ? null : <ErrorNote error={error} />}
      <Button look="primary" isPending={pending} onPress={() => void enter()}>
        {t('Sign in')}
      </Button>
    </div>
  )
}

function Ways(): ReactNode {
  const api = useApi()
  const ways = useQuery({
    queryKey: ['/auth/ways'],
    queryFn: () => api.open<{ github: boolean }>('GET', '/auth/ways'),
    staleTime: Infinity,
  })
  return (
    <Answered query={ways as never} label={t('Looking how you can sign in')}>
      {({ github }: { github: boolean }) => (
        <div className="flex flex-col gap-5">
          <p className="text-ink-2">
            {t('Submit skills, follow their review, and manage what your team shares.')}
          </p>
          {github ? (
            <Button look="primary" onPress={() => window.location.assign('/auth/github')}>
              {t('Sign in with GitHub')}
            </Button>
          ) : null}
          <p className={github ? 'text-sm text-ink-3' : 'text-ink'}>
            {github
              ? t('No GitHub account? An administrator of this registry can send you a link instead.')
              : t(
                  'People sign in here with a link. Ask an administrator of this registry for one, then open it in this browser.',
                )}
          </p>
        </div>
      )}
    </Answered>
  )
}
