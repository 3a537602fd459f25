import { ClipboardList } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatMoment } from '../../../renderer/ui/format.ts'
import { useMe } from '../../me.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { actionWords } from './action-words.ts'

interface Journal {
  readonly entries: readonly {
    seq: number
    /** Where the journal of every account is asked for. */
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

/** What was done, the newest first: in the account, or for the registry's administrators in all of them. */
export function JournalPage(): ReactNode {
  const me = useMe()
  const [before, setBefore] = useState<number | null>(null)
  const [everywhere, setEverywhere] = useState(false)
  const from = everywhere ? '/api/journal' : '/api/account/journal'
  const query = useGet<Journal>(`${from}${before === null ? '' : `?before=${before}`}`)
  const where = everywhere ? 'every account of the registry' : me.account
  return (
    <Page title="Journal" subtitle={`What was done in ${where}, and by whom.`}>
      {me.staff !== 'administrator' ? null : (
        <div>
          <Button
            onPress={() => {
              setBefore(null)
              setEverywhere(!everywhere)
            }}
          >
            {everywhere ? `Only ${me.account}` : 'Every account'}
          </Button>
        </div>
      )}
      <Answered query={query} label="Loading the journal">
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty icon={ClipboardList} title="Nothing yet">
              Submissions, keys, members and everything else that changes appear here.
            </Empty>
          ) : (
            <>
              <Table
                label="Journal"
                columns={
                  everywhere ? ['When', 'Account', 'Who', 'What', 'About'] : ['When', 'Who', 'What', 'About']
                }
              >
                {entries.map((entry) => (
                  <tr key={entry.seq}>
                    <td className="whitespace-nowrap text-ink-2">{formatMoment(entry.at)}</td>
                    {everywhere ? <td className="break-words">{entry.account}</td> : null}
                    <td className="font-medium break-words">{entry.actor}</td>
                    <td>{actionWords(entry.action)}</td>
                    <td className="text-ink-2">
                      <span className="break-all">{entry.target}</span>
                      <span className="block text-sm break-words text-ink-3">{inWords(entry.detail)}</span>
                    </td>
                  </tr>
                ))}
              </Table>
              <div className="flex gap-2">
                {before === null ? null : <Button onPress={() => setBefore(null)}>To the newest</Button>}
                {entries.length < pageLength ? null : (
                  <Button onPress={() => setBefore(entries.at(-1)?.seq ?? null)}>Older</Button>
                )}
              </div>
            </>
          )
        }
      </Answered>
    </Page>
  )
}

function inWords(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' · ')
}
