import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo, formatDate } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { scopeWords } from '../../words.ts'
import { MakeKey } from './make-key.tsx'
import { t } from '../../../shared/i18n/t.ts'

interface ApiKey {
  readonly id: string
  readonly label: string
  readonly prefix: string
  readonly kind: 'standard' | 'bundle' | 'fleet'
  readonly scopes: readonly string[]
  readonly createdAt: string
  readonly createdBy: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}

const kindWords = () => ({
  standard: t('API key'),
  bundle: t('Share token of a bundle'),
  fleet: t('Key of a fleet'),
})

/** The account's keys by how they begin, never their value. */
export function KeysPage(): ReactNode {
  const query = useGet<{ keys: readonly ApiKey[] }>('/api/account/keys')
  const end = useChange<string, null>((api, id) => api.call('DELETE', `/api/account/keys/${id}`))
  const [made, setMade] = useState<string | null>(null)
  return (
    <Page
      title={t('API keys')}
      subtitle={t('For programs that act for this account, such as “skillet publish”.')}
      actions={<MakeKey onMade={setMade} />}
    >
      <Answered query={query} label={t('Loading the keys')}>
        {({ keys }) =>
          keys.length === 0 ? (
            <Empty icon={KeyRound} title={t('No keys yet')}>
              {t('Make one for the command line or for a computer that publishes by itself.')}
            </Empty>
          ) : (
            <Table label={t('Keys')} columns={[t('Key'), t('May'), t('Last used'), t('Until'), t('Actions')]}>
              {keys.map((key) => (
                <tr key={key.id}>
                  <td>
                    <span className="font-medium break-words">{key.label}</span>
                    <span className="block text-sm text-ink-3">
                      <code className="font-mono">{key.prefix}…</code> ·{' '}
                      {t('{{kind}}, made by {{who}}', { kind: kindWords()[key.kind], who: key.createdBy })}
                    </span>
                  </td>
                  <td className="min-w-52 text-ink-2">
                    {key.scopes.map((scope) => (
                      <span key={scope} className="block">
                        {scopeWords()[scope] ?? scope}
                      </span>
                    ))}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    {key.lastUsedAt === null ? t('never') : formatAgo(key.lastUsedAt)}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    <Until apiKey={key} />
                  </td>
                  <td className="text-end">
                    {key.revokedAt === null ? (
                      <Confirm
                        label={t('End')}
                        title={t('End {{key}}?', { key: key.label })}
                        submit={t('End the key')}
                        onConfirm={() => end.mutateAsync(key.id)}
                      >
                        {t('Whatever uses it is refused from now on. This can’t be taken back.')}
                      </Confirm>
                    ) : null}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
      <KeyOnce title={t('Your new key')} value={made} onClose={() => setMade(null)}>
        {t('This is the only time it is shown. Keep it where you keep passwords.')}
      </KeyOnce>
    </Page>
  )
}

function Until({ apiKey: { revokedAt, expiresAt } }: { apiKey: ApiKey }): ReactNode {
  const [now] = useState(() => new Date())
  if (revokedAt !== null)
    return <Badge tone="neutral">{t('Ended {{date}}', { date: formatDate(revokedAt) })}</Badge>
  if (expiresAt === null) return t('it is ended')
  return new Date(expiresAt) < now ? <Badge tone="neutral">{t('Ran out')}</Badge> : formatDate(expiresAt)
}
