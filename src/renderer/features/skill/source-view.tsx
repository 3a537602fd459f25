import { useMemo, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { revealHidden } from './reveal.ts'

/** Text as it is, with line numbers. Two columns instead of an element a line, so that long files stay quick. */
export function SourceView({ name, text }: { name: string; text: string }): ReactNode {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  const lineCount = body.split('\n').length
  const numbers = useMemo(
    () => Array.from({ length: lineCount }, (_, index) => index + 1).join('\n'),
    [lineCount],
  )
  const stretches = useMemo(() => revealHidden(body), [body])
  const hiddenCount = stretches.filter((stretch) => stretch.kind === 'hidden').length
  return (
    <>
      {hiddenCount === 0 ? null : (
        <p role="note" className="border-b border-line bg-warn-soft px-4 py-2 text-warn">
          {t('{{count}} characters in this file can’t normally be seen. Here they are marked.', {
            count: hiddenCount,
          })}
        </p>
      )}
      <div
        tabIndex={0}
        role="region"
        dir="ltr"
        aria-label={t('Text of {{name}}', { name })}
        className="flex min-h-0 flex-1 overflow-auto rounded-b-lg font-mono text-[13px] leading-5 outline-offset-[-2px]"
      >
        <pre
          aria-hidden
          className="sticky start-0 h-max border-e border-line bg-sunk px-3 py-3 text-end text-ink-3 select-none"
        >
          {numbers}
        </pre>
        <pre className="h-max px-4 py-3 [tab-size:4] select-text">
          {stretches.map((stretch, index) =>
            stretch.kind === 'text' ? (
              stretch.text
            ) : (
              <mark key={index} className="rounded-sm bg-warn-soft px-1 text-warn">
                {stretch.name}
              </mark>
            ),
          )}
        </pre>
      </div>
    </>
  )
}
