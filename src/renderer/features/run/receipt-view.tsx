import { useState, type ReactNode } from 'react'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { RunResult } from '../../../shared/receipt.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { plural } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { receiptLines, type ReceiptLine } from './receipt-words.ts'

const shownAtFirst = 12

/** "What happened": every file, connection and refusal of a run, in words. */
export function ReceiptView({
  result,
  inputs,
  manifest,
}: {
  result: RunResult
  inputs: InputValues
  manifest: SkillManifest
}): ReactNode {
  const [all, setAll] = useState(false)
  const show = useChange('file.show')
  const lines = receiptLines(result, inputs, manifest)
  const shown = all ? lines : lines.slice(0, shownAtFirst)
  return (
    <Section title="What happened">
      <ul className="divide-y divide-line border-t border-line">
        {shown.map((line, index) => (
          <Line key={index} line={line} onShow={(how) => show.mutate({ path: line.path ?? '', how })} />
        ))}
      </ul>
      {shown.length < lines.length ? (
        <Button size="small" look="quiet" onPress={() => setAll(true)}>
          Show {plural(lines.length - shown.length, 'more line')}
        </Button>
      ) : null}
      {show.isError ? (
        <div className="mt-3">
          <ErrorNote error={show.error} />
        </div>
      ) : null}
    </Section>
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
        {line.path === null || line.verb !== 'Wrote' ? null : (
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
