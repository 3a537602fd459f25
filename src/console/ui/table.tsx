import type { ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'

/** Rows under headings. It scrolls sideways in itself where the window is narrow. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string
  columns: readonly string[]
  children: ReactNode
}): ReactNode {
  return (
    <div
      role="region"
      aria-label={label}
      // Reachable by keyboard, because it may scroll.
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-raised"
    >
      <table className="w-full border-collapse">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line text-sm text-ink-3">
            {columns.map((column) => (
              <th key={column} scope="col" className="px-4 py-2.5 text-start font-medium whitespace-nowrap">
                {column === t('Actions') ? <span className="sr-only">{column}</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&_td]:px-4 [&_td]:py-2.5 [&_td]:align-top [&_tr]:border-b [&_tr]:border-line [&_tr:last-child]:border-0">
          {children}
        </tbody>
      </table>
    </div>
  )
}
