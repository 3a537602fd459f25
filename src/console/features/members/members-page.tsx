import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatDate } from '../../../renderer/ui/format.ts'
import { useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { MakeTeam } from './make-team.tsx'
import { t } from '../../../shared/i18n/t.ts'

type Role = 'publisher' | 'administrator'
interface Members {
  readonly members: readonly { login: string; name: string; role: Role; since: string }[]
  readonly invited: readonly { login: string; role: Role; by: string; since: string }[]
}

const roles = () =>
  [
    { id: 'publisher', label: t('Publisher') },
    { id: 'administrator', label: t('Administrator') },
  ] as const

/** Who belongs to the account, and who is invited. */
export function MembersPage(): ReactNode {
  const me = useMe()
  const query = useGet<Members>('/api/account/members')
  const put = useChange<{ login: string; role: Role }, unknown>((api, { login, role }) =>
    api.call('PUT', `/api/account/members/${encodeURIComponent(login)}`, { role }),
  )
  const remove = useChange<string, null>((api, login) =>
    api.call('DELETE', `/api/account/members/${encodeURIComponent(login)}`),
  )
  return (
    <Page
      title={t('Members')}
      subtitle={t(
        'Who may act for {{account}}. Publishers submit skills; administrators also manage members, keys, bundles and fleets.',
        { account: me.account },
      )}
      actions={
        <>
          <MakeTeam />
          <AddMember onAdd={(login, role) => put.mutateAsync({ login, role })} />
        </>
      }
    >
      {put.isError ? <ErrorNote error={put.error} /> : null}
      <Answered query={query} label={t('Loading the members')}>
        {({ members, invited }) => (
          <Table label={t('Members')} columns={[t('Person'), t('Role'), t('Since'), t('Actions')]}>
            {members.map((member) => (
              <tr key={member.login}>
                <td>
                  <span className="font-medium break-words">{member.name}</span>
                  <span className="block text-sm text-ink-3">{member.login}</span>
                </td>
                <td>
                  <Choose
                    label={t('Role of {{person}}', { person: member.login })}
                    value={member.role}
                    onChange={(role) => put.mutate({ login: member.login, role })}
                    choices={roles()}
                  />
                </td>
                <td className="whitespace-nowrap text-ink-2">{formatDate(member.since)}</td>
                <td className="text-end">
                  <Confirm
                    label={t('Take out')}
                    title={t('Take {{person}} out of {{account}}?', {
                      person: member.login,
                      account: me.account,
                    })}
                    submit={t('Take out')}
                    onConfirm={() => remove.mutateAsync(member.login)}
                  >
                    {t(
                      'They can’t act for this account any more. Keys that they made stay; end those under API keys.',
                    )}
                  </Confirm>
                </td>
              </tr>
            ))}
            {invited.map((person) => (
              <tr key={`invited ${person.login}`}>
                <td>
                  <span className="font-medium break-words">{person.login}</span>
                  <span className="block text-sm text-ink-3">
                    {t('Invited by {{who}}', { who: person.by })}
                  </span>
                </td>
                <td>
                  <Badge tone="neutral">{t('Joins when signing in')}</Badge>
                </td>
                <td className="whitespace-nowrap text-ink-2">{formatDate(person.since)}</td>
                <td className="text-end">
                  <Confirm
                    label={t('Take back')}
                    title={t('Take the invitation of {{person}} back?', { person: person.login })}
                    submit={t('Take back')}
                    onConfirm={() => remove.mutateAsync(person.login)}
                  >
                    {t('Signing in then gives them no part in this account.')}
                  </Confirm>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answered>
    </Page>
  )
}

function AddMember({ onAdd }: { onAdd: (login: string, role: Role) => Promise<unknown> }): ReactNode {
  const [login, setLogin] = useState('')
  const [role, setRole] = useState<Role>('publisher')
  return (
    <FormDialog
      label={t('Add somebody')}
      title={t('Add somebody')}
      submit={t('Add')}
      look="primary"
      isReady={login.trim() !== ''}
      onOpen={() => setLogin('')}
      onSubmit={() => onAdd(login.trim(), role)}
    >
      <TextInput
        label={t('Their GitHub name')}
        description={t('Whoever has never signed in here is invited, and joins when they do.')}
        value={login}
        onChange={setLogin}
        maxLength={64}
        autoFocus
      />
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">{t('As')}</span>
        <Choose label={t('Role')} value={role} onChange={setRole} choices={roles()} />
      </div>
    </FormDialog>
  )
}
