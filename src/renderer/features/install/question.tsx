import { useId, type ReactNode } from 'react'
import type { Decision, InstallPlan } from '../../../shared/contract/install.ts'
import { Badge } from '../../ui/badge.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { AskWords } from '../skill/abilities.tsx'

/** One capability, one decision. Both answers weigh the same and neither is chosen beforehand. */
export function Question({
  ask,
  mark,
  before,
  answer,
  onAnswer,
}: {
  ask: InstallPlan['asks'][number]
  /** How it compares with the version in place; absent at a first install. */
  mark?: 'New' | 'Changed' | undefined
  /** What the version in place asks for instead. */
  before?: string | undefined
  answer: Decision | null
  onAnswer: (decision: Decision) => void
}): ReactNode {
  const title = useId()
  return (
    <li
      aria-labelledby={title}
      className="flex items-center justify-between gap-5 rounded-lg border border-line p-4"
    >
      <div className="min-w-0">
        {mark === undefined ? null : (
          <div className="mb-1.5">
            <Badge tone="warn">{mark}</Badge>
          </div>
        )}
        <AskWords ask={ask} id={title} />
        {before === undefined ? null : <p className="mt-1 text-sm text-ink-3">Until now: {before}.</p>}
        {ask.decided === null ? null : (
          <p className="mt-1 text-sm text-ink-3">
            Your earlier answer: {ask.decided === 'allow' ? 'Allow' : 'Don’t allow'}. You can change it.
          </p>
        )}
      </div>
      <Segmented<Decision>
        label={ask.title}
        value={answer}
        onChange={onAnswer}
        choices={[
          { id: 'deny', label: 'Don’t allow', chosen: 'bad' },
          { id: 'allow', label: 'Allow', chosen: 'ok' },
        ]}
      />
    </li>
  )
}
