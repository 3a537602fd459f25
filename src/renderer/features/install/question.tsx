import { useId, type ReactNode } from 'react'
import type { Decision, InstallPlan } from '../../../shared/contract/install.ts'
import { Segmented } from '../../ui/segmented.tsx'
import { AskWords } from '../skill/abilities.tsx'

/** One capability, one decision. Both answers weigh the same and neither is chosen beforehand. */
export function Question({
  ask,
  answer,
  onAnswer,
}: {
  ask: InstallPlan['asks'][number]
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
        <AskWords ask={ask} id={title} />
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
