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

const kindWords = { standard: 'API key', bundle: 'Share token of a bundle', fleet: 'Key of a fleet' }

/** The account's keys by how they begin, never their value. */
export function KeysPage(): ReactNode {
  const query = useGet<{ keys: readonly ApiKey[] }>('/api/account/keys')
  const end = useChange<string, null>((api, id) => api.call('DELETE', `/api/account/keys/${id}`))
  const [made, setMade] = useState<string | null>(null)
  return (
    <Page
      title="API keys"
      subtitle="For programs that act for this account, such as “skillet publish”."
      actions={<MakeKey onMade={setMade} />}
    >
      <Answered query={query} label="Loading the keys">
        {({ keys }) =>
          keys.length === 0 ? (
            <Empty icon={KeyRound} title="No keys yet">
              Make one for the command line or for a computer that publishes by itself.
            </Empty>
          ) : (
            <Table label="Keys" columns={['Key', 'May', 'Used', 'Until', 'Actions']}>
              {keys.map((key) => (
                <tr key={key.id}>
                  <td>
                    <span className="font-medium break-words">{key.label}</span>
                    <span className="block text-sm whitespace-nowrap text-ink-3">
                      <code className="font-mono">{key.prefix}…</code> · {kindWords[key.kind]}, made by{' '}
                      {key.createdBy}
                    </span>
                  </td>
                  <td className="min-w-52 text-ink-2">
                    {key.scopes.map((scope) => (
                      <span key={scope} className="block">
                        {scopeWords[scope] ?? scope}
                      </span>
                    ))}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    {key.lastUsedAt === null ? 'never' : formatAgo(key.lastUsedAt)}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    <Until apiKey={key} />
                  </td>
                  <td className="text-right">
                    {key.revokedAt === null ? (
                      <Confirm
                        label="End"
                        title={`End ${key.label}?`}
                        submit="End the key"
                        onConfirm={() => end.mutateAsync(key.id)}
                      >
                        Whatever uses it is refused from now on. This can’t be taken back.
                      </Confirm>
                    ) : null}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
      <KeyOnce title="Your new key" value={made} onClose={() => setMade(null)}>
        This is the only time it is shown. Keep it where you keep passwords.
      </KeyOnce>
    </Page>
  )
}

function Until({ apiKey: { revokedAt, expiresAt } }: { apiKey: ApiKey }): ReactNode {
  const [now] = useState(() => new Date())
  if (revokedAt !== null) return <Badge tone="neutral">Ended {formatDate(revokedAt)}</Badge>
  if (expiresAt === null) return 'it is ended'
  return new Date(expiresAt) < now ? <Badge tone="neutral">Ran out</Badge> : formatDate(expiresAt)
}
