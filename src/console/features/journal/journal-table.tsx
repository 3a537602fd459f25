import { ClipboardList } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatMoment } from '../../../renderer/ui/format.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Table } from '../../ui/table.tsx'
import { actionWords, detailWords } from './action-words.ts'
import { t } from '../../../shared/i18n/t.ts'

interface Journal {
  readonly entries: readonly {
    seq: number
    /** Whose it was done to, where all accounts are told of. */
    account?: string
    actor: string
    action: string
    target: string
    detail: Readonly<Record<string, unknown>>
    at: string
  }[]
}
/** Entries that the registry answers with at once. */
const pageLength = 100

/** What was done, the newest first, a page at a time. `path`: where it is asked for, with what is asked for. */
export function JournalTable({ path }: { path: string }): ReactNode {
  const [before, setBefore] = useState<number | null>(null)
  const more = path.includes('?') ? '&' : '?'
  const query = useGet<Journal>(before === null ? path : `${path}${more}before=${before}`)
  return (
    <Answered query={query} label={t('Loading the journal')}>
      {({ entries }) =>
        entries.length === 0 ? (
          <Empty icon={ClipboardList} title={t('Nothing here')}>
            {t('Submissions, keys, members and everything else that changes appear here.')}
          </Empty>
        ) : (
          <>
            <Table label={t('Journal')} columns={[t('When'), t('Who'), t('What'), t('About')]}>
              {entries.map((entry) => (
                <tr key={entry.seq}>
                  <td className="whitespace-nowrap text-ink-2">{formatMoment(entry.at)}</td>
                  <td>
                    <span className="font-medium break-words">{entry.actor}</span>
                    {entry.account === undefined || entry.account === entry.actor ? null : (
                      <span className="block text-sm break-words text-ink-3">
                        {t('in {{account}}', { account: entry.account })}
                      </span>
                    )}
                  </td>
                  <td>{actionWords(entry.action)}</td>
                  <td className="text-ink-2">
                    <bdi className="break-all">{entry.target}</bdi>
                    <br />
                    <bdi className="text-sm break-words text-ink-3">{inWords(entry.detail)}</bdi>
                  </td>
                </tr>
              ))}
            </Table>
            <div className="flex gap-2">
              {before === null ? null : <Button onPress={() => setBefore(null)}>{t('To the newest')}</Button>}
              {entries.length < pageLength ? null : (
                <Button onPress={() => setBefore(entries.at(-1)?.seq ?? null)}>{t('Older')}</Button>
              )}
            </div>
          </>
        )
      }
    </Answered>
  )
}

function inWords(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) =>
      t('{{name}}: {{value}}', {
        name: detailWords()[name] ?? name,
        value: Array.isArray(value) ? value.join(', ') : String(value),
      }),
    )
    .join(' · ')
}
