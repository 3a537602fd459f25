import type { ReactNode } from 'react'
import { say } from '../../shared/i18n/say.ts'
import { t } from '../../shared/i18n/t.ts'
import { CopyButton } from './copy-button.tsx'

/** One line of a fix: words, a command to copy, or both. */
export interface FixStep {
  text: string
  command: string | null
}

/** "Install it with: sudo apt install x" → its words and its command, line by line. */
export function fixSteps(fix: string): FixStep[] {
  return fix
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const found = /^(?:(.*?:)\s+)?((?:sudo|skillet|npm) .+)$/.exec(line)
      return found === null
        ? { text: line, command: null }
        : { text: found[1] ?? '', command: found[2] ?? null }
    })
}

/** How to put something right, with each command ready to be copied. */
export function FixSteps({ fix }: { fix: string }): ReactNode {
  return (
    <div className="flex flex-col gap-1.5">
      {fixSteps(fix).map(({ text, command }) => (
        <div key={text + (command ?? '')}>
          {text === '' ? null : <p className="break-words select-text">{say(text)}</p>}
          {command === null ? null : (
            <div className="mt-1 flex items-center justify-between gap-2 rounded-md border border-line bg-raised py-1 pe-1 ps-3">
              <code className="min-w-0 py-1 font-mono text-[13px] break-all select-text">{command}</code>
              <CopyButton text={command} label={t('Copy {{command}}', { command })} />
            </div>
          )}
        </div>
      ))}
    </div>
  )
}
