import { useDeferredValue, useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatAgo, formatCount, formatDate } from '../../../renderer/ui/format.ts'
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

type Role = 'none' | 'reviewer' | 'administrator'
const roles = [
  { id: 'none', label: 'Publisher' },
  { id: 'reviewer', label: 'Reviewer' },
  { id: 'administrator', label: 'Administrator' },
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
      title="People"
      subtitle="Who publishes here, and who reviews and runs this registry."
      actions={<LetIn onLink={setLink} />}
    >
      <SearchBox label="Search by name" text={text} onText={setText} />
      {change.isError ? <ErrorNote error={change.error} /> : null}
      <Answered query={query} label="Loading the people">
        {({ people, all }) => (
          <>
            <p role="status" className="text-ink-2">
              {people.length < all
                ? `${formatCount(people.length)} of ${formatCount(all)} people`
                : `${formatCount(all)} people`}
            </p>
            <Table label="People" columns={['Person', 'Is here', 'Accounts', 'Signed in', 'Since']}>
              {people.map((person) => (
                <tr key={person.login}>
                  <td>
                    <span className="font-medium break-words">{person.name}</span>
                    <span className="block text-sm text-ink-3">
                      {person.login === person.name ? '' : `${person.login}, `}
                      {person.github ? 'through GitHub' : 'by links'}
                    </span>
                  </td>
                  <td>
                    <Choose
                      label={`What ${person.login} is here`}
                      value={person.role ?? 'none'}
                      // Nobody shuts themselves out by a slip.
                      isDisabled={person.login === me.login}
                      onChange={(role) =>
                        change.mutate(
                          { login: person.login, role },
                          {
                            onSuccess: () =>
                              notice({
                                text: `${person.login}: ${roles.find(({ id }) => id === role)!.label.toLowerCase()} from now on.`,
                              }),
                          },
                        )
                      }
                      choices={roles}
                    />
                  </td>
                  <td className="break-words text-ink-2">{person.accounts.join(', ')}</td>
                  <td className="whitespace-nowrap text-ink-2">
                    {person.signedIn === null ? 'never' : formatAgo(person.signedIn)}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatDate(person.since)}</td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Answered>
      <KeyOnce title="A link to sign in with" value={link} onClose={() => setLink(null)}>
        Send it to them, and to nobody else: whoever opens it first, within ten minutes, is signed in.
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
      label="Let somebody in"
      title="Let somebody in"
      submit="Make a link"
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
        label="Their name here"
        description="They open the link within ten minutes and are signed in, once. For somebody who is here already it is a new link, and they are what you choose below."
        value={login}
        onChange={setLogin}
        maxLength={63}
        autoFocus
      />
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">They are</span>
        <Choose label="They are" value={role} onChange={setRole} choices={roles} />
      </div>
    </FormDialog>
  )
}
