import { CircleCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Label, ProgressBar } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { hrefs, navigate } from '../../route.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatBytes, isNewer, publisherName } from '../../ui/format.ts'
import { CannotBox } from '../skill/abilities.tsx'
import { Currency } from '../skill/currency.tsx'
import { ProvenanceDetails } from '../skill/provenance-details.tsx'
import { provenanceSentence } from '../skill/provenance-words.ts'
import { ChangesView } from './changes-view.tsx'
import { keysToEnter, questionId, readiness, type Answers, type TypedKeys } from './answers.ts'
import { titleOf, useInstallFlow, type InstallTarget, type Outcome, type Stage } from './install-flow.ts'
import { overallProgress, stepOfFailure } from './install-steps.ts'
import { KeyEntry } from './key-entry.tsx'
import { Question } from './question.tsx'
import { StepBar } from './step-bar.tsx'

/** From "Install" to "Run it now": checks, one decision per capability, keys, progress. */
export function InstallDialog({
  target,
  onClose,
}: {
  target: InstallTarget
  onClose: (outcome: Outcome, title: string) => void
}): ReactNode {
  const flow = useInstallFlow(target, onClose)
  const [answers, setAnswers] = useState<Answers>({})
  const [keys, setKeys] = useState<TypedKeys>({})
  const [unseen, setUnseen] = useState<ReadonlySet<string>>(new Set())
  const [refusing, setRefusing] = useState(false)
  const { stage } = flow
  const plan = stage.at === 'checking' ? null : stage.plan
  const title = titleOf(target, plan)
  const ready = plan === null ? null : readiness(plan, answers, keys)
  const verb = plan === null ? 'install' : verbOf(plan)
  const run = (slug: string) => {
    flow.leave()
    navigate(hrefs.run(slug))
  }
  const refuse = async () => {
    setRefusing(true)
    await flow.refuse(answers)
    setRefusing(false)
  }
  return (
    <DecisionDialog
      isOpen
      onClose={flow.leave}
      title={
        verb === 'back'
          ? t('Go back to an earlier {{title}}', { title })
          : verb === 'update'
            ? t('Update {{title}}', { title })
            : plan !== null && plan.replaces === plan.skill.version
              ? t('Install {{title}} again', { title })
              : t('Install {{title}}', { title })
      }
      subtitle={plan === null ? null : <Subtitle plan={plan} />}
      footer={
        <>
          {stage.at === 'asking' && ready !== null ? (
            <p role="status" className="me-auto min-w-0 text-ink-3">
              {whatIsLeft(ready, title, verb)}
            </p>
          ) : null}
          {stage.at === 'failed' ? (
            <Button onPress={flow.leave}>{t('Close')}</Button>
          ) : stage.at === 'done' ? (
            <Button onPress={flow.leave}>{t('Close')}</Button>
          ) : (
            <Button onPress={flow.leave} isPending={stage.at === 'installing' && stage.stopping}>
              {stage.at === 'installing' && stage.stopping ? t('Stopping…') : t('Cancel')}
            </Button>
          )}
          {stage.at === 'asking' && ready !== null && ready.denied.length > 0 ? (
            <Button isPending={refusing} onPress={() => void refuse()}>
              {verb === 'install'
                ? t('Don’t install')
                : t('Stay at {{version}}', { version: stage.plan.replaces ?? '' })}
            </Button>
          ) : stage.at === 'asking' && ready !== null ? (
            <Button
              look="primary"
              isDisabled={!ready.canInstall}
              onPress={() => void flow.install(answers, keys, unseen)}
            >
              {verb === 'back'
                ? t('Go back to {{version}}', { version: stage.plan.skill.version })
                : verb === 'update'
                  ? t('Update')
                  : t('Install')}
            </Button>
          ) : null}
          {stage.at === 'failed' ? (
            <Button look={failedStep(stage) === 1 ? 'plain' : 'primary'} onPress={flow.retry}>
              {t('Try again')}
            </Button>
          ) : null}
          {stage.at === 'done' ? (
            <Button look="primary" autoFocus onPress={() => run(stage.plan.skill.slug)}>
              {t('Run it now')}
            </Button>
          ) : null}
        </>
      }
    >
      <StepBar current={stepOf(stage)} failed={failedStep(stage)} />
      {stage.at === 'checking' ? <Checking /> : null}
      {stage.at === 'asking' && ready !== null ? (
        <div className="flex flex-col gap-2.5">
          {stage.plan.changes === null ? (
            <Questions plan={stage.plan} answers={answers} onAnswers={setAnswers} />
          ) : (
            <ChangesView
              plan={stage.plan}
              changes={stage.plan.changes}
              answers={answers}
              onAnswers={setAnswers}
            />
          )}
          {ready.denied.length > 0 ? <DeniedNote denied={ready.denied} verb={verb} /> : null}
          <KeyEntry
            secrets={keysToEnter(stage.plan, answers)}
            keys={keys}
            onKeys={setKeys}
            unseen={unseen}
            onUnseen={setUnseen}
          />
          <CannotBox cannot={stage.plan.cannot} />
          <Proof provenance={stage.plan.provenance} />
        </div>
      ) : null}
      {stage.at === 'installing' ? <Installing stage={stage} /> : null}
      {stage.at === 'failed' ? <ErrorNote error={stage.error} linked={false} /> : null}
      {stage.at === 'done' ? (
        <div role="status" className="flex items-start gap-3 rounded-lg bg-ok-soft p-4">
          <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ok" />
          <div>
            <p className="font-semibold text-ok">
              {verb === 'install'
                ? t('{{title}} is in your Library.', { title })
                : t('{{title}} is now at {{version}}.', { title, version: stage.plan.skill.version })}
            </p>
            <p className="mt-1 text-ink">
              {t('It will do only what you allowed. You can take that back under Permissions at any time.')}
            </p>
          </div>
        </div>
      ) : null}
    </DecisionDialog>
  )
}

type Verb = 'install' | 'update' | 'back'

function verbOf({ replaces, older, skill }: InstallPlan): Verb {
  if (older) return 'back'
  return replaces !== null && isNewer(skill.version, replaces) ? 'update' : 'install'
}

/** From which version to which, who made it and who checked it, and whether the registry still stands by it. */
function Subtitle({ plan: { replaces, older, skill, provenance } }: { plan: InstallPlan }): ReactNode {
  return (
    <div className="flex flex-col gap-1">
      {replaces === null || replaces === skill.version ? null : (
        <p className="font-medium text-ink">
          {t('Version {{replaces}} → {{version}}', { replaces, version: skill.version })}
        </p>
      )}
      {older ? (
        <p className="text-balance text-warn">
          {t('This is older than what you have. Faults that were put right since then come back with it.')}
        </p>
      ) : null}
      <p className="text-balance">{provenanceSentence(provenance)}</p>
      <Currency current={provenance.current} />
    </div>
  )
}

/** What the reviewer said, and the exact facts for those who want to compare them. */
function Proof({ provenance }: { provenance: Provenance }): ReactNode {
  return (
    <div className="flex flex-col gap-1.5 px-1 pt-1">
      {provenance.reviewComment === '' ? null : (
        <p className="text-ink-2">
          {t('{{publisher}} says: “{{reviewComment}}”', {
            publisher: publisherName(provenance.reviewer),
            reviewComment: provenance.reviewComment,
          })}
        </p>
      )}
      <ProvenanceDetails provenance={provenance} />
    </div>
  )
}

/** In the footer, where it is seen without scrolling. */
function whatIsLeft(
  { openQuestions, missingKeys, denied }: ReturnType<typeof readiness>,
  title: string,
  verb: Verb,
): string {
  const count = denied.length
  if (count > 0)
    switch (verb) {
      case 'install':
        return t('{{title}} can’t be installed without these.', { title, count })
      case 'update':
        return t('{{title}} can’t be updated without these.', { title, count })
      case 'back':
        return t('{{title}} can’t go back without these.', { title, count })
    }
  if (openQuestions > 0) return t('{{count}} questions left', { count: openQuestions })
  return missingKeys[0] === undefined ? '' : t('Enter your {{key}} first', { key: missingKeys[0] })
}

function stepOf(stage: Stage): number {
  switch (stage.at) {
    case 'checking':
      return 0
    case 'asking':
      return 2
    case 'installing':
      return 3
    case 'done':
      return 5
    case 'failed':
      return stage.plan === null ? (stepOfFailure(stage.error.code) ?? 0) : 3
  }
}

function failedStep(stage: Stage): number | null {
  if (stage.at !== 'failed') return null
  return stage.plan === null ? stepOfFailure(stage.error.code) : 3
}

function Checking(): ReactNode {
  return (
    <ProgressBar isIndeterminate className="py-4">
      <Label className="mb-2 block text-ink-2">
        {t('Checking that it fits this computer and is genuine…')}
      </Label>
      <div className="h-1.5 overflow-hidden rounded-full bg-line">
        <div className="h-full w-1/3 animate-[slide_1.2s_ease-in-out_infinite] rounded-full bg-brand" />
      </div>
    </ProgressBar>
  )
}

function Questions({
  plan,
  answers,
  onAnswers,
}: {
  plan: InstallPlan
  answers: Answers
  onAnswers: (answers: Answers) => void
}): ReactNode {
  return (
    <div className="flex flex-col gap-2.5">
      {plan.asks.length === 0 ? (
        <p className="rounded-lg border border-line p-4">
          {t('It asks for nothing: it works only on the text that you give it.')}
        </p>
      ) : (
        <ul aria-label={t('What it may do')} className="flex flex-col gap-2.5">
          {plan.asks.map((ask) => (
            <Question
              key={questionId(ask)}
              ask={ask}
              answer={answers[questionId(ask)] ?? null}
              onAnswer={(answer) => onAnswers({ ...answers, [questionId(ask)]: answer })}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

function DeniedNote({ denied, verb }: { denied: InstallPlan['asks']; verb: Verb }): ReactNode {
  return (
    <div className="rounded-lg bg-warn-soft p-4">
      <p className="text-ink-2">
        {t('It needs the things that you didn’t allow for its work.', { count: denied.length })}{' '}
        {verb === 'install'
          ? t('Change your answer, or don’t install it and Skillet will remember it.')
          : t('Change your answer, or keep the version that you have and Skillet will remember it.')}
      </p>
    </div>
  )
}

function Installing({ stage }: { stage: Extract<Stage, { at: 'installing' }> }): ReactNode {
  const { fraction, words } = overallProgress(stage.progress)
  const size = stage.progress?.step === 'download' ? ` ${formatBytes(stage.plan.downloadBytes)}` : ''
  return (
    <ProgressBar value={Math.round(fraction * 100)} className="py-4">
      {({ percentage, valueText }) => (
        <>
          <div className="mb-2 flex justify-between text-ink-2">
            <Label>{stage.stopping ? t('Undoing what was done so far…') : `${words}${size}…`}</Label>
            <span className="tabular-nums">{valueText}</span>
          </div>
          <div className="h-1.5 overflow-hidden rounded-full bg-line">
            <div
              className="h-full rounded-full bg-brand transition-[width] duration-150"
              style={{ width: `${percentage ?? 0}%` }}
            />
          </div>
        </>
      )}
    </ProgressBar>
  )
}
