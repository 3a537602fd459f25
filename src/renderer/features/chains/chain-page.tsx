import { Workflow } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Chain, ChainRun } from '../../../shared/contract/chains.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { CallFailed } from '../../bridge.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { useAnnounce } from '../../ui/announce.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatAgo } from '../../ui/format.ts'
import { FoundPage } from '../../ui/found-page.tsx'
import { Page } from '../../ui/page.tsx'
import { RunForm } from '../run/run-form.tsx'
import { useChainSession, useChainSessions } from './chain-sessions.ts'
import { formInputs, goOnFrom, runWords } from './chain-words.ts'
import { EarlierRuns } from './earlier-runs.tsx'
import { RunSteps } from './run-steps.tsx'
import { StepProblems } from './step-problems.tsx'
import { StepRow } from './step-row.tsx'

/** One chain: what it needs, its steps as they run, and what it did before. */
export function ChainPage({ id }: { id: string }): ReactNode {
  const chains = useCall('chain.list', null)
  return (
    <FoundPage
      query={chains}
      find={(all) => all.find((each) => each.id === id)}
      kind={t('Chain')}
      backTo={hrefs.chains}
      loading={t('Loading the chain')}
      missing={{
        title: t('No such chain'),
        why: t('It was removed, or its file was taken away.'),
        href: hrefs.chains,
        link: t('All chains'),
      }}
    >
      {(chain) =>
        chain.problem === null ? (
          <ChainRunner chain={chain} />
        ) : (
          <Page title={chain.title} backTo={hrefs.chains}>
            <ErrorNote error={new CallFailed(chain.problem)} onRetry={() => void chains.refetch()} />
          </Page>
        )
      }
    </FoundPage>
  )
}

/** What the page shows: the form (for a new run, or to go on from an earlier one), the latest run, or an earlier one. */
type View = { at: 'form'; resume: ChainRun | null } | { at: 'latest' } | { at: 'earlier'; run: ChainRun }

function ChainRunner({ chain }: { chain: Chain }): ReactNode {
  const sessions = useChainSessions()
  const session = useChainSession(chain.id)
  const [chosen, setView] = useState<View>(
    session === undefined ? { at: 'form', resume: null } : { at: 'latest' },
  )
  // A run that was started before this page was drawn, or by an earlier one: there is nothing to fill in meanwhile.
  const going = session?.checking === true || session?.run?.state === 'running'
  const view: View = going && chosen.at === 'form' ? { at: 'latest' } : chosen
  const [resumed, setResumed] = useState<ChainRun | null>(null)
  const start = (inputs: InputValues, resume: ChainRun | null) => {
    setView({ at: 'latest' })
    setResumed(resume)
    void sessions.start(chain.id, inputs, resume?.runId)
  }
  const ready = chain.steps.every(({ problem }) => problem === null)
  const run: ChainRun | null =
    view.at === 'earlier' ? view.run : view.at === 'latest' ? (session?.run ?? null) : null
  const checking = view.at === 'latest' && session?.checking === true
  const refused = view.at === 'latest' ? (session?.refused ?? null) : null
  const underWay = checking || (view.at === 'latest' && run?.state === 'running')
  const earlier = useCall('chain.runs', { id: chain.id })
  const known = earlier.data?.find(({ runId }) => runId === run?.runId)
  const successor = earlier.data?.find(({ runId }) => runId === known?.continuedBy)
  const next = run === null || (known?.continuedBy ?? null) !== null ? null : goOnFrom(run)
  const error: PlainError | null = run !== null && 'error' in run ? (run.error as PlainError | null) : null
  const told = run?.steps.some((step) => step.error !== null) === true
  return (
    <Page
      title={chain.title}
      backTo={hrefs.chains}
      lead={
        <span
          aria-hidden
          className="grid size-14 shrink-0 place-items-center rounded-lg bg-brand-soft text-brand"
        >
          <Workflow size={26} strokeWidth={1.75} />
        </span>
      }
      subtitle={
        checking ? (
          t('Checking every step first…')
        ) : run === null ? (
          chain.summary
        ) : (
          <Badge tone={runWords(run).tone}>{runWords(run).title}</Badge>
        )
      }
      actions={
        underWay ? (
          <Button isPending={session?.stopping === true} onPress={() => void sessions.stop(chain.id)}>
            {session?.stopping === true ? t('Stopping…') : t('Stop')}
          </Button>
        ) : view.at === 'form' ? null : (
          <>
            <Button
              look={next === null ? 'primary' : 'plain'}
              onPress={() => setView({ at: 'form', resume: null })}
            >
              {next === null ? t('Run again') : t('Start over')}
            </Button>
            {run === null || next === null ? null : (
              <Button look="primary" isDisabled={!ready} onPress={() => start({}, run)}>
                {t('Go on from step {{next}}', { next })}
              </Button>
            )}
          </>
        )
      }
    >
      <Announcement session={session} title={chain.title} />
      <div className="flex flex-col gap-4">
        {view.at !== 'earlier' && successor === undefined ? null : (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
            {view.at === 'earlier' ? (
              <span>{t('This run started {{ago}}.', { ago: formatAgo(view.run.startedAt) })}</span>
            ) : null}
            {successor === undefined ? null : (
              <>
                <span>{t('A later run went on from here.')}</span>
                <Button size="small" onPress={() => setView({ at: 'earlier', run: successor })}>
                  {t('Show that run')}
                </Button>
              </>
            )}
          </p>
        )}
        {refused === null ? null : <ErrorNote error={refused} />}
        {/* What it was given then is kept, unless it looked like a key. */}
        {refused?.code === 'INPUT_INVALID' && resumed !== null && chain.inputs.length > 0 ? (
          <Button className="self-start" onPress={() => setView({ at: 'form', resume: resumed })}>
            {t('Enter the inputs again')}
          </Button>
        ) : null}
        {error === null || told || run?.state === 'stopped' ? null : (
          <ErrorNote error={new CallFailed(error)} />
        )}
        {run === null ? <StepRow steps={chain.steps} label={t('Steps')} /> : null}
        {underWay ? null : <StepProblems steps={chain.steps} />}
        {run !== null ? (
          <RunSteps run={run} chain={chain} />
        ) : (
          <>
            {view.at !== 'form' ? null : (
              <RunForm
                key={view.resume?.runId ?? 'new'}
                title={chain.title}
                inputs={formInputs(chain)}
                earlier={session?.inputs ?? undefined}
                runLabel={
                  view.resume === null
                    ? t('Run')
                    : t('Go on from step {{next}}', { next: goOnFrom(view.resume) ?? 1 })
                }
                needsNothing={t('This chain needs nothing from you. Just run it.')}
                isDisabled={!ready}
                onRun={(inputs) => start(inputs, view.resume)}
                onCancel={session === undefined ? undefined : () => setView({ at: 'latest' })}
              />
            )}
          </>
        )}
        {underWay ? null : (
          <EarlierRuns
            chain={chain.id}
            shown={run?.runId ?? null}
            onShow={(earlier) => setView({ at: 'earlier', run: earlier })}
          />
        )}
      </div>
    </Page>
  )
}

/** Says the beginning of each step and the end of a run to screen readers. */
function Announcement({
  session,
  title,
}: {
  session: ReturnType<typeof useChainSession>
  title: string
}): ReactNode {
  const announce = useAnnounce()
  const run = session?.run ?? null
  const words =
    run === null ? (session?.checking === true ? t('Checking every step') : null) : runWords(run).title
  useEffect(() => {
    if (words !== null) announce(`${title}: ${words}`)
  }, [words, title, announce])
  return null
}
