import { useDeferredValue, useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatAgo, formatDate } from '../../../renderer/ui/format.ts'
import { SearchBox } from '../../../renderer/ui/search-box.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { t } from '../../../shared/i18n/t.ts'

type Role = 'none' | 'reviewer' | 'administrator'
const roles = () =>
  [
    { id: 'none', label: t('Publisher') },
    { id: 'reviewer', label: t('Reviewer') },
    { id: 'administrator', label: t('Administrator') },
  ] as const

interface People {
  readonly all: number
  readonly people: readonly {
    readonly login: string
    readonly name: string
    readonly role: Exclude<Role, 'none'> | null
    readonly github: boolean
    readonly accounts: readonly string[]
    readonly since: string
    readonly signedIn: string | null
  }[]
}

/** Who was let in, what they may do in the registry as a whole, and a link for whoever is new. */
export function PeoplePage(): ReactNode {
  const me = useMe()
  const notice = useNotice()
  const [link, setLink] = useState<string | null>(null)
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const query = useGet<People>(`/api/people?text=${encodeURIComponent(wanted)}`)
  const change = useChange<{ login: string; role: Role }, unknown>((api, { login, role }) =>
    api.call('PUT', `/api/people/${encodeURIComponent(login)}/role`, { role: role === 'none' ? null : role }),
  )
  return (
    <Page
      title={t('People')}
      subtitle={t('Who publishes here, and who reviews and runs this registry.')}
      actions={<LetIn onLink={setLink} />}
    >
      <SearchBox label={t('Search by name')} text={text} onText={setText} />
      {change.isError ? <ErrorNote error={change.error} /> : null}
      <Answered query={query} label={t('Loading the people')}>
        {({ people, all }) => (
          <>
            <p role="status" className="text-ink-2">
              {people.length < all
                ? t('{{shown}} of {{count}} people', { shown: people.length, count: all })
                : t('{{count}} people', { count: all })}
            </p>
            <Table
              label={t('People')}
              columns={[t('Person'), t('Is here'), t('Accounts'), t('Signed in'), t('Since')]}
            >
              {people.map((person) => (
                <tr key={person.login}>
                  <td>
                    <span className="font-medium break-words">{person.name}</span>
                    <span className="block text-sm text-ink-3">
                      {[
                        ...(person.login === person.name ? [] : [person.login]),
                        person.github ? t('through GitHub') : t('by links'),
                      ].join(' · ')}
                    </span>
                  </td>
                  <td>
                    <Choose
                      label={t('What {{person}} is here', { person: person.login })}
                      value={person.role ?? 'none'}
                      // Nobody shuts themselves out by a slip.
                      isDisabled={person.login === me.login}
                      onChange={(role) =>
                        change.mutate(
                          { login: person.login, role },
                          {
                            onSuccess: () =>
                              notice({
                                text: t('{{person}}: {{role}} from now on.', {
                                  person: person.login,
                                  role: roles().find(({ id }) => id === role)!.label,
                                }),
                              }),
                          },
                        )
                      }
                      choices={roles()}
                    />
                  </td>
                  <td className="break-words text-ink-2">{person.accounts.join(', ')}</td>
                  <td className="whitespace-nowrap text-ink-2">
                    {person.signedIn === null ? t('never') : formatAgo(person.signedIn)}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatDate(person.since)}</td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Answered>
      <KeyOnce title={t('A link to sign in with')} value={link} onClose={() => setLink(null)}>
        {t('Send it to them, and to nobody else: whoever opens it first, within ten minutes, is signed in.')}
      </KeyOnce>
    </Page>
  )
}

function LetIn({ onLink }: { onLink: (link: string) => void }): ReactNode {
  const make = useChange<object, { link: string }>((api, body) => api.call('POST', '/api/people', body))
  const [login, setLogin] = useState('')
  const [role, setRole] = useState<Role>('none')
  return (
    <FormDialog
      label={t('Let somebody in')}
      title={t('Let somebody in')}
      submit={t('Make a link')}
      look="primary"
      isReady={login.trim() !== ''}
      onOpen={() => {
        setLogin('')
        setRole('none')
      }}
      onSubmit={async () =>
        onLink((await make.mutateAsync({ login: login.trim(), role: role === 'none' ? null : role })).link)
      }
    >
      <TextInput
        label={t('Their name here')}
        description={t(
          'They open the link within ten minutes and are signed in, once. For somebody who is here already it is a new link, and they are what you choose below.',
        )}
        value={login}
        onChange={setLogin}
        maxLength={63}
        autoFocus
      />
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">{t('They are')}</span>
        <Choose label={t('They are')} value={role} onChange={setRole} choices={roles()} />
      </div>
    </FormDialog>
  )
}
