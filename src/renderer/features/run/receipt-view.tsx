import { CircleAlert, CircleCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-aria-components'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { PastRun, Receipt } from '../../../shared/receipt.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { useChange } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Facts } from '../../ui/facts.tsx'
import { plural } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { receiptGroups, usage, type ReceiptLine } from './receipt-words.ts'

const shownOfEach = 3

/** "What happened": every file, connection and refusal of a run, in words; its figures for those who open them. */
export function ReceiptView({
  run,
  inputs,
  manifest,
  journal,
}: {
  run: PastRun
  /** Null: nobody knows any more what was chosen. */
  inputs: InputValues | null
  /** Null: the skill is no longer installed. */
  manifest: Pick<SkillManifest, 'secrets'> | null
  /** Where the journal has it; null: it could not be written. Absent on the journal's own page. */
  journal?: Receipt['journal']
}): ReactNode {
  const show = useChange('file.show')
  const keyTitle = (name: string) => manifest?.secrets[name]?.title ?? name
  return (
    <Section title="What happened">
      <div className="border-t border-line">
        {receiptGroups(run, inputs, keyTitle).map((lines) => (
          <Group
            key={lines[0]!.kind + lines[0]!.verb}
            lines={lines}
            onShow={(path, how) => show.mutate({ path, how })}
          />
        ))}
      </div>
      {show.isError ? (
        <div className="mb-3">
          <ErrorNote error={show.error} />
        </div>
      ) : null}
      <div className="border-t border-line pt-2">
        <Details title="What it used, and its limits">
          <Facts narrow facts={usage(run)} />
        </Details>
      </div>
      {journal === undefined ? null : <InJournal journal={journal} />}
    </Section>
  )
}

/** What a run did of one kind; a long list is folded. */
function Group({
  lines,
  onShow,
}: {
  lines: readonly ReceiptLine[]
  onShow: (path: string, how: 'open' | 'reveal') => void
}): ReactNode {
  const [all, setAll] = useState(false)
  const shown = all ? lines : lines.slice(0, shownOfEach)
  return (
    <div className="not-first:border-t not-first:border-line">
      <ul className="divide-y divide-line">
        {shown.map((line, index) => (
          <Line key={index} line={line} onShow={(how) => onShow(line.path ?? '', how)} />
        ))}
      </ul>
      {shown.length < lines.length ? (
        <Button size="small" look="quiet" className="-ml-1 mb-1" onPress={() => setAll(true)}>
          Show {plural(lines.length - shown.length, 'more line')}
        </Button>
      ) : null}
    </div>
  )
}

function Line({ line, onShow }: { line: ReceiptLine; onShow: (how: 'open' | 'reveal') => void }): ReactNode {
  return (
    <li className="flex gap-3 py-2.5">
      <span
        aria-hidden
        className={`mt-1.5 size-2 shrink-0 rounded-full ${line.kind === 'done' ? 'bg-ok' : 'bg-bad'}`}
      />
      <div className="min-w-0 flex-1">
        <p className="break-words" title={line.path ?? undefined}>
          <strong className="font-semibold">{line.verb}</strong> {line.what}
        </p>
        {line.detail === null ? null : <p className="text-sm text-balance text-ink-3">{line.detail}</p>}
        {line.path === null || line.verb !== 'Saved' ? null : (
          <div className="mt-1.5 flex flex-wrap gap-1.5">
            <Button size="small" aria-label={`Open ${line.what}`} onPress={() => onShow('open')}>
              Open
            </Button>
            <Button size="small" aria-label={`Show in folder: ${line.what}`} onPress={() => onShow('reveal')}>
              Show in folder
            </Button>
          </div>
        )}
      </div>
    </li>
  )
}

function InJournal({ journal }: { journal: Receipt['journal'] }): ReactNode {
  if (journal === null)
    return (
      <p className="mt-2 flex gap-2 text-sm text-warn">
        <CircleAlert aria-hidden size={16} strokeWidth={1.75} className="mt-px shrink-0" />
        This could not be written into the activity log.
      </p>
    )
  return (
    <p className="mt-2 flex gap-2 text-sm text-ink-3">
      <CircleCheck aria-hidden size={16} strokeWidth={1.75} className="mt-px shrink-0 text-ok" />
      <span>
        Kept in the{' '}
        <Link
          href={hrefs.entry(journal.seq)}
          className="rounded-sm font-medium text-ink-2 underline underline-offset-2 data-hovered:text-ink"
        >
          activity log
        </Link>{' '}
        as line {journal.seq}.
      </span>
    </p>
  )
}
