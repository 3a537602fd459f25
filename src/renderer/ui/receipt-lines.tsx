import { useState, type ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'
import type { ReceiptLine } from './receipt-words.ts'

const shownOfEach = 3

/** What a run did, group by group; a long group is folded. `actions`: what can be done with a line, beside it. */
export function ReceiptLines({
  groups,
  actions,
}: {
  groups: readonly (readonly ReceiptLine[])[]
  actions?: (line: ReceiptLine) => ReactNode
}): ReactNode {
  return (
    <div className="border-t border-line">
      {groups.map((lines) => (
        <Group key={lines[0]!.kind + lines[0]!.verb} lines={lines} actions={actions} />
      ))}
    </div>
  )
}

function Group({
  lines,
  actions,
}: {
  lines: readonly ReceiptLine[]
  actions: ((line: ReceiptLine) => ReactNode) | undefined
}): ReactNode {
  const [all, setAll] = useState(false)
  const shown = all ? lines : lines.slice(0, shownOfEach)
  return (
    <div className="not-first:border-t not-first:border-line">
      <ul className="divide-y divide-line">
        {shown.map((line, index) => (
          <li key={index} className="flex gap-3 py-2.5">
            <span
              aria-hidden
              className={`mt-1.5 size-2 shrink-0 rounded-full ${line.kind === 'done' ? 'bg-ok' : 'bg-bad'}`}
            />
            <div className="min-w-0 flex-1">
              <p className="break-words" title={line.path ?? undefined}>
                <strong className="font-semibold">{line.verb}</strong> {line.what}
              </p>
              {line.detail === null ? null : <p className="text-sm text-balance text-ink-3">{line.detail}</p>}
              {actions?.(line)}
            </div>
          </li>
        ))}
      </ul>
      {shown.length < lines.length ? (
        <Button size="small" look="quiet" className="-ms-1 mb-1" onPress={() => setAll(true)}>
          {t('Show {{count}} more lines', { count: lines.length - shown.length })}
        </Button>
      ) : null}
    </div>
  )
}
