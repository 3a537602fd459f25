import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { CallOutput } from '../../bridge.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { answerTo, decisionsOf, questionId, type Answers } from '../install/answers.ts'
import { Question } from '../install/question.tsx'

type Ask = CallOutput<'grants.asks'>[number]

/** Whether the person has to answer something before the skill may run. */
export function mustAsk(asks: CallOutput<'grants.asks'>): boolean {
  return asks.some(({ decided }) => decided !== 'allow')
}

/** The questions that stand between an installed skill and its run. `onAllowed` goes on with what was about to happen. */
export function PermissionDialog({
  skill: { slug, title },
  goOn,
  onAllowed,
  onClose,
}: {
  skill: { slug: string; title: string }
  /** What the button does that allows it: "Allow and run". */
  goOn: string
  onAllowed: () => void
  onClose: () => void
}): ReactNode {
  const client = useQueryClient()
  const notify = useNotice()
  const asks = useCall('grants.asks', { slug })
  const decide = useChange('grants.decide')
  const [answers, setAnswers] = useState<Answers>({})
  const open = asks.data?.filter(({ decided }) => decided !== 'allow') ?? []
  const count = (answer: 'allow' | 'deny' | null) =>
    open.filter((one) => answerTo(one, answers) === answer).length
  const denies = count('deny') > 0
  const given = Object.keys(answers).length > 0
  const send = () =>
    decide.mutate(
      { slug, decisions: decisionsOf(open, answers) },
      {
        onSuccess: async () => {
          await refresh(client, staleAfter.grants)
          onClose()
          if (denies)
            notify({ text: t('{{title}} was not run. Skillet will remember your answer.', { title }) })
          else onAllowed()
        },
      },
    )
  return (
    <DecisionDialog
      error={decide.error}
      isOpen
      onClose={onClose}
      title={t('May {{title}} do this?', { title })}
      subtitle={t('It asks before it runs. You can change your answer later under Permissions.')}
      footer={
        <>
          <p role="status" className="me-auto min-w-0 text-ink-3">
            {denies
              ? t('{{title}} can’t run without these.', { title, count: count('deny') })
              : count(null) > 0
                ? t('{{count}} questions left', { count: count(null) })
                : ''}
          </p>
          <Button onPress={onClose}>{t('Not now')}</Button>
          {denies && given ? (
            <Button isPending={decide.isPending} onPress={send}>
              {t('Don’t run it')}
            </Button>
          ) : (
            <Button
              look="primary"
              isPending={decide.isPending}
              isDisabled={asks.data === undefined || count('allow') < open.length}
              onPress={send}
            >
              {goOn}
            </Button>
          )}
        </>
      }
    >
      {asks.isError ? (
        <ErrorNote linked={false} error={asks.error} onRetry={() => void asks.refetch()} />
      ) : asks.isPending ? (
        <SkeletonRows count={2} label={t('Loading what it asks for')} />
      ) : (
        <ul aria-label={t('What it may do')} className="flex flex-col gap-2.5">
          {open.map((one) => (
            <Question
              key={questionId(one)}
              ask={one}
              note={usedUp(one)}
              answer={answers[questionId(one)] ?? null}
              onAnswer={(answer) => setAnswers({ ...answers, [questionId(one)]: answer })}
            />
          ))}
        </ul>
      )}
    </DecisionDialog>
  )
}

/** An answer that counted only for so long. */
function usedUp({ decided, life }: Ask): string | undefined {
  if (decided !== null || life === null) return undefined
  return life === 'once'
    ? t('You allowed this just once. Allow it again?')
    : t('You allowed this until Skillet closed. Allow it again?')
}
