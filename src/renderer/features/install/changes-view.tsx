import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { questionId, type Answers } from './answers.ts'
import { Question } from './question.tsx'

type Ask = InstallPlan['asks'][number]
type Changes = NonNullable<InstallPlan['changes']>

/** What an update changes about what a skill may do: what is new waits for an answer, the rest is told. */
export function ChangesView({
  plan,
  changes,
  answers,
  onAnswers,
}: {
  plan: InstallPlan
  changes: Changes
  answers: Answers
  onAnswers: (answers: Answers) => void
}): ReactNode {
  const before = (one: Ask) =>
    changes.changed.find((each) => each.after.capability === one.capability)?.before
  const isNew = (one: Ask) => changes.added.some((each) => each.capability === one.capability)
  const asked = plan.asks.filter((one) => isNew(one) || before(one) !== undefined || one.decided !== 'allow')
  const already = plan.asks.filter((one) => !asked.includes(one))
  return (
    <>
      {asked.length === 0 ? (
        <p className="rounded-lg border border-line p-4">
          {t('It asks for nothing that you haven’t allowed already.')}
        </p>
      ) : (
        <ul aria-label={t('What it may do')} className="flex flex-col gap-2.5">
          {asked.map((one) => {
            const was = before(one)
            return (
              <Question
                key={questionId(one)}
                ask={one}
                mark={isNew(one) ? t('New') : was === undefined ? undefined : t('Changed')}
                note={
                  was === undefined
                    ? undefined
                    : `${t('Until now: {{title}}.', { title: say(was.title) })}${limitBefore(was, one)}`
                }
                answer={answers[questionId(one)] ?? null}
                onAnswer={(answer) => onAnswers({ ...answers, [questionId(one)]: answer })}
              />
            )
          })}
        </ul>
      )}
      <Told
        title={t('It could already')}
        asks={already}
        icon={<Check {...icon} className="mt-px shrink-0 text-ok" />}
      />
      <Told
        title={t('It no longer asks to')}
        asks={changes.removed}
        icon={<Minus {...icon} className="mt-px shrink-0 text-ink-3" />}
      />
    </>
  )
}

/** What ended it until now, where only that tells the two apart. */
function limitBefore(was: Pick<Ask, 'title' | 'limit'>, one: Ask): string {
  return was.title === one.title && was.limit !== one.limit ? ` ${say(was.limit)}` : ''
}

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const

function Told({
  title,
  asks,
  icon: mark,
}: {
  title: string
  asks: readonly Pick<Ask, 'title' | 'capability'>[]
  icon: ReactNode
}): ReactNode {
  if (asks.length === 0) return null
  return (
    <section aria-label={title} className="rounded-lg border border-line px-4 py-3">
      <h3 className="mb-1.5 text-sm font-medium text-ink-3">{title}</h3>
      <ul className="flex flex-col gap-1.5">
        {asks.map((one) => (
          <li key={one.capability} className="flex gap-2.5">
            {mark}
            <span className="min-w-0 break-words">{say(one.title)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
