import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { Button } from '../../../renderer/ui/button.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { useChange } from '../../query.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { Page } from '../../ui/page.tsx'

type Role = 'none' | 'reviewer' | 'administrator'
const roles = [
  { id: 'none', label: 'nothing more: a publisher' },
  { id: 'reviewer', label: 'a reviewer' },
  { id: 'administrator', label: 'an administrator' },
] as const

/** Lets people in, and says what they may do in the registry as a whole. */
export function PeoplePage(): ReactNode {
  const [link, setLink] = useState<string | null>(null)
  return (
    <Page title="People" subtitle="Who reviews and runs this registry.">
      <Section title="Let somebody in">
        <Person
          submit="Make a link"
          words="They open the link within ten minutes and are signed in, once."
          change={async (send, login, role) => {
            const answer = await send<{ link: string }>('POST', '/api/people', { login, role })
            setLink(answer.link)
          }}
        />
      </Section>
      <Section title="Change what somebody may do">
        <Person
          submit="Change"
          words="For people who have signed in before, through GitHub or by a link."
          change={(send, login, role) =>
            send('PUT', `/api/people/${encodeURIComponent(login)}/role`, { role })
          }
        />
      </Section>
      <KeyOnce title="A link to sign in with" value={link} onClose={() => setLink(null)}>
        Send it to them, and to nobody else: whoever opens it first is signed in.
      </KeyOnce>
    </Page>
  )
}

type Send = <T>(method: 'POST' | 'PUT', path: string, body: unknown) => Promise<T>

function Person({
  submit,
  words,
  change,
}: {
  submit: string
  words: string
  change: (send: Send, login: string, role: string | null) => Promise<unknown>
}): ReactNode {
  const notice = useNotice()
  const [login, setLogin] = useState('')
  const [role, setRole] = useState<Role>('none')
  const save = useChange<null, unknown>((api) =>
    change((method, path, body) => api.call(method, path, body), login.trim(), role === 'none' ? null : role),
  )
  return (
    <form
      aria-label={submit}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(null, {
          onSuccess: () => {
            notice({ text: `${login.trim()} is ${roles.find(({ id }) => id === role)?.label ?? ''} now.` })
            setLogin('')
          },
        })
      }}
    >
      <TextInput
        label="Their name here"
        description={words}
        value={login}
        onChange={setLogin}
        maxLength={63}
      />
      <div className="flex items-center gap-3">
        <span className="font-medium">They are</span>
        <Choose label="They are" value={role} onChange={setRole} choices={roles} />
      </div>
      {save.isError ? <ErrorNote error={save.error} /> : null}
      <Button
        type="submit"
        className="self-start"
        isDisabled={login.trim() === ''}
        isPending={save.isPending}
      >
        {submit}
      </Button>
    </form>
  )
}
