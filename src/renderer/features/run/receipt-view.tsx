import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { PastRun, Receipt } from '../../../shared/receipt.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { useChange } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/page.tsx'
import { rich } from '../../ui/rich.tsx'
import { ReceiptLines } from '../../ui/receipt-lines.tsx'
import { receiptGroups, usage, type ReceiptLine } from '../../ui/receipt-words.ts'

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
    <Section title={t('What happened')}>
      <ReceiptLines
        groups={receiptGroups(run, inputs, keyTitle)}
        actions={(line) => <OpenFile line={line} onShow={(path, how) => show.mutate({ path, how })} />}
      />
      {show.isError ? (
        <div className="mb-3">
          <ErrorNote error={show.error} />
        </div>
      ) : null}
      <div className="border-t border-line pt-2">
        <Details title={t('What it used, and its limits')}>
          <Facts narrow facts={usage(run)} />
        </Details>
      </div>
      {journal === undefined ? null : <InJournal journal={journal} />}
    </Section>
  )
}

function OpenFile({
  line: { path, saved, what },
  onShow,
}: {
  line: ReceiptLine
  onShow: (path: string, how: 'open' | 'reveal') => void
}): ReactNode {
  if (path === null || !saved) return null
  return (
    <div className="mt-1.5 flex flex-wrap gap-1.5">
      <Button size="small" aria-label={t('Open {{what}}', { what })} onPress={() => onShow(path, 'open')}>
        {t('Open')}
      </Button>
      <Button
        size="small"
        aria-label={t('Show in folder: {{what}}', { what })}
        onPress={() => onShow(path, 'reveal')}
      >
        {t('Show in folder')}
      </Button>
    </div>
  )
}

function InJournal({ journal }: { journal: Receipt['journal'] }): ReactNode {
  if (journal === null)
    return (
      <p className="mt-2 flex gap-2 text-sm text-warn">
        <CircleAlert aria-hidden size={16} strokeWidth={1.75} className="mt-px shrink-0" />
        {t('This could not be written into the activity log.')}
      </p>
    )
  return (
    <p className="mt-2 flex gap-2 text-sm text-ink-3">
      <CircleCheck aria-hidden size={16} strokeWidth={1.75} className="mt-px shrink-0 text-ok" />
      <span>
        {rich(t('Kept in the <log>activity log</log> as line {{line}}.', { line: journal.seq }), {
          log: (text) => (
            <Link
              href={hrefs.entry(journal.seq)}
              className="rounded-sm font-medium text-ink-2 underline underline-offset-2 data-hovered:text-ink"
            >
              {text}
            </Link>
          ),
        })}
      </span>
    </p>
  )
}
