import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { formatDate } from '../../../renderer/ui/format.ts'
import { SearchBox } from '../../../renderer/ui/search-box.tsx'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { scopeWords } from '../../words.ts'
import { t } from '../../../shared/i18n/t.ts'

interface AnyKey {
  readonly id: string
  readonly account: string
  readonly label: string
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly createdAt: string
  readonly revokedAt: string | null
}

/** Everybody's keys by how they begin, so that one that leaked can be ended at once. */
export function AllKeysPage(): ReactNode {
  const query = useGet<{ keys: readonly AnyKey[] }>('/api/keys')
  const end = useChange<string, unknown>((api, id) => api.call('DELETE', `/api/keys/${id}`))
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const words = scopeWords()
  return (
    <Page
      title={t('All keys')}
      subtitle={t('Everybody’s. A key that leaked is ended here by how it begins.')}
    >
      <Answered query={query} label={t('Loading the keys')}>
        {({ keys }) => (
          <>
            <SearchBox label={t('Search by beginning, account or purpose')} text={text} onText={setText} />
            <Table
              label={t('Keys of everybody')}
              columns={[t('Key'), t('Account'), t('May'), t('Made'), t('Actions')]}
            >
              {keys
                .toReversed()
                .filter(({ prefix, account, label }) =>
                  `${prefix} ${account} ${label}`.toLowerCase().includes(wanted),
                )
                .slice(0, 200)
                .map((key) => (
                  <tr key={key.id}>
                    <td>
                      <code className="font-mono">{key.prefix}…</code>
                      <span className="block text-sm break-words text-ink-3">{key.label}</span>
                    </td>
                    <td className="font-medium break-words">{key.account}</td>
                    <td className="min-w-52 text-ink-2">
                      {key.scopes.map((scope) => (
                        <span key={scope} className="block">
                          {words[scope] ?? scope}
                        </span>
                      ))}
                    </td>
                    <td className="whitespace-nowrap text-ink-2">{formatDate(key.createdAt)}</td>
                    <td className="text-end">
                      {key.revokedAt !== null ? (
                        <Badge tone="neutral">{t('Ended')}</Badge>
                      ) : (
                        <Confirm
                          label={t('End')}
                          title={t('End {{key}} of {{account}}?', {
                            key: `${key.prefix}…`,
                            account: key.account,
                          })}
                          submit={t('End the key')}
                          onConfirm={() => end.mutateAsync(key.id)}
                        >
                          {t('Whatever uses it is refused from now on. This can’t be taken back.')}
                        </Confirm>
                      )}
                    </td>
                  </tr>
                ))}
            </Table>
          </>
        )}
      </Answered>
    </Page>
  )
}
