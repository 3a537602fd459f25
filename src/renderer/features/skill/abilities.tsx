import { Check, Ban } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Ask } from '../../../shared/contract/skills.ts'
import { joinList } from '../../ui/format.ts'

/** What a skill may do once it is installed, each with its reason and its limit. */
export function Abilities({ asks, cannot }: { asks: readonly Ask[]; cannot: readonly string[] }): ReactNode {
  return (
    <div className="flex max-w-2xl flex-col gap-3">
      {asks.length === 0 ? (
        <p className="rounded-lg border border-line bg-raised p-5">
          {t('It works only on the text that you give it, and asks for nothing else.')}
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {asks.map((ask) => (
            <li key={ask.capability} className="flex gap-3 rounded-lg border border-line bg-raised p-4">
              <Check aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ink-3" />
              <AskWords ask={ask} />
            </li>
          ))}
        </ul>
      )}
      <CannotBox cannot={cannot} />
    </div>
  )
}

/** One thing that a skill asks for: what, why, and where it ends. */
export function AskWords({ ask, id }: { ask: Ask; id?: string }): ReactNode {
  return (
    <div className="min-w-0">
      <h3 id={id} className="font-semibold break-words">
        {say(ask.title)}
      </h3>
      <p className="mt-1 text-ink-2">
        <bdi>{ask.reason}</bdi>
      </p>
      <p className="text-ink-2">{say(ask.limit)}</p>
    </div>
  )
}

/** The quiet box: what the skill never asked for. */
export function CannotBox({ cannot }: { cannot: readonly string[] }): ReactNode {
  if (cannot.length === 0) return null
  return (
    <div className="flex gap-3 rounded-lg border border-line bg-sunk p-4">
      <Ban aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ink-3" />
      <div>
        <p className="font-semibold">{t('It can’t {{list}}.', { list: joinList(cannot.map(say), 'or') })}</p>
        <p className="mt-1 text-ink-2">{t('It never asked for this, so it stays off.')}</p>
      </div>
    </div>
  )
}
