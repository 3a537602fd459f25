import { Ban, CircleAlert, CircleCheck, CircleDashed, History } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Chain, ChainRun, StepResult } from '../../../shared/contract/chains.ts'
import type { PastRun } from '../../../shared/receipt.ts'
import { useCall } from '../../query.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatDuration } from '../../ui/format.ts'
import { CallFailed } from '../../bridge.ts'
import { endingWords } from '../run/ending-words.ts'
import { EndingNote } from '../run/ending-note.tsx'
import { layOutJson } from '../run/json-layout.ts'
import { ReceiptView } from '../run/receipt-view.tsx'
import { stepTitle } from './chain-words.ts'

const mark = { size: 20, strokeWidth: 1.75, 'aria-hidden': true } as const
const looks = (): Record<StepResult['state'], { words: string; icon: ReactNode }> => ({
  waiting: { words: t('Waits its turn'), icon: <CircleDashed {...mark} className="text-ink-3" /> },
  running: {
    words: t('Running'),
    icon: <CircleDashed {...mark} className="animate-[breathe_1.2s_ease-in-out_infinite] text-brand" />,
  },
  done: { words: t('Done'), icon: <CircleCheck {...mark} className="text-ok" /> },
  failed: { words: t('Ended here'), icon: <CircleAlert {...mark} className="text-bad" /> },
  kept: { words: t('Taken from the earlier run'), icon: <History {...mark} className="text-ok" /> },
})

/** Every step of a run: how far it is, what it handed on and what it did. */
export function RunSteps({ run, chain }: { run: ChainRun; chain: Chain | undefined }): ReactNode {
  const library = useCall('library.list', null)
  return (
    <ol aria-label={t('Steps')} className="flex flex-col gap-2.5">
      {run.steps.map((step, index) => {
        const named = chain?.steps.find(({ id }) => id === step.id)
        const skill = library.data?.find(({ slug }) => slug === step.slug)
        return (
          <StepCard
            key={step.id}
            number={index + 1}
            title={stepTitle({ slug: step.slug, title: named?.title ?? skill?.title ?? null })}
            step={step}
            run={run.state}
            manifest={skill?.manifest ?? null}
          />
        )
      })}
    </ol>
  )
}

function StepCard({
  number,
  title,
  step,
  run: runState,
  manifest,
}: {
  number: number
  title: string
  step: StepResult
  /** How far the run is that it belongs to. */
  run: ChainRun['state']
  manifest: Parameters<typeof ReceiptView>[0]['manifest']
}): ReactNode {
  const { state, output, stderr, error } = step
  const run = pastRun(step)
  // A step that was stopped failed nobody.
  const look =
    state === 'failed' && runState === 'stopped'
      ? { words: t('Stopped'), icon: <Ban {...mark} className="text-ink-3" /> }
      : state === 'waiting' && runState !== 'running'
        ? { ...looks().waiting, words: t('Did not run') }
        : looks()[state]
  const ending = run !== null && state === 'failed' && error === null ? endingWords(run) : null
  return (
    <li
      aria-label={t('Step {{number}}: {{title}}', { number, title })}
      aria-current={state === 'running' ? 'step' : undefined}
      className={`rounded-lg border bg-raised p-4 ${state === 'running' ? 'border-brand' : 'border-line'}`}
    >
      <div className="flex items-center gap-3">
        {look.icon}
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          <span className="me-1.5 font-normal text-ink-3 tabular-nums">{number}</span> {title}
        </h2>
        <p className="shrink-0 text-sm text-ink-3 tabular-nums">
          {look.words}
          {state === 'done' ? ` ${t('in {{duration}}', { duration: formatDuration(step.durationMs) })}` : ''}
        </p>
      </div>
      {ending === null || runState === 'stopped' ? null : (
        <div className="mt-3 -mb-1">
          <p className="mb-1 font-medium">{ending.title}</p>
          <EndingNote ending={ending} />
        </div>
      )}
      {error === null || runState === 'stopped' ? null : (
        <div className="mt-3">
          <ErrorNote error={new CallFailed(error)} />
        </div>
      )}
      {output === null && stderr === '' && run === null ? null : (
        <div className="mt-2">
          <Details title={t('What it made and did')}>
            <div className="grid items-start gap-4 min-[840px]:grid-cols-[minmax(0,1fr)_300px]">
              <div className="flex min-w-0 flex-col gap-3">
                {output === null ? null : (
                  <Text title={t('What it handed on')} text={layOutJson(output) ?? output} copied={output} />
                )}
                {stderr === '' ? null : <Text title={t('What it said')} text={stderr} copied={stderr} />}
              </div>
              {run === null ? null : (
                <ReceiptView
                  run={run}
                  inputs={null}
                  manifest={manifest}
                  {...(step.receipt === null ? {} : { journal: step.receipt.journal })}
                />
              )}
            </div>
          </Details>
        </div>
      )}
    </li>
  )
}

/** The step as a run; null where it never ran here. */
function pastRun({ receipt, reason, durationMs, state }: StepResult): PastRun | null {
  if (receipt === null) return null
  return { receipt, reason: reason ?? 'exit', durationMs, exitCode: state === 'failed' ? 1 : 0 }
}

function Text({ title, text, copied }: { title: string; text: string; copied: string }): ReactNode {
  return (
    <section aria-label={title} className="overflow-hidden rounded-md border border-line">
      <div className="flex min-h-10 items-center justify-between border-b border-line bg-sunk pe-1 ps-3">
        <h3 className="font-medium">{title}</h3>
        <CopyButton text={copied} label={t('Copy: {{title}}', { title })} />
      </div>
      <pre
        tabIndex={0}
        aria-label={title}
        className="max-h-80 overflow-auto p-3 font-mono text-[13px] leading-5 break-words whitespace-pre-wrap outline-offset-[-2px] select-text"
      >
        {text}
      </pre>
    </section>
  )
}
