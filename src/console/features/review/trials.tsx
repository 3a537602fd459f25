import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Details } from '../../../renderer/ui/details.tsx'
import { Facts } from '../../../renderer/ui/facts.tsx'
import { formatAgo, joinList } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { ReceiptLines } from '../../../renderer/ui/receipt-lines.tsx'
import { receiptGroups, usage } from '../../../renderer/ui/receipt-words.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { capabilityWords } from '../../words.ts'
import { SeenText } from '../../ui/seen-text.tsx'
import { trialEnding } from './trial-words.ts'
import type { Trial } from './trial.ts'
import { TryIt } from './try-it.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { say } from '../../../shared/i18n/say.ts'

/** Test runs in the sandbox: what the skill was given, and what it did. */
export function Trials({ id }: { id: string }): ReactNode {
  const path = `/api/submissions/${encodeURIComponent(id)}`
  const query = useGet<{ trials: readonly Trial[] }>(`${path}/trials`, {
    everyMs: (data) =>
      data?.trials.some(({ state }) => state === 'waiting' || state === 'running') === true ? 1000 : false,
  })
  return (
    <Section title={t('Test runs')} aside={<TryIt path={path} />}>
      <Answered query={query} label={t('Loading the test runs')}>
        {({ trials }) =>
          trials.length === 0 ? (
            <p className="text-ink-2">
              {t(
                'Nobody has run it yet. A test run happens in the sandbox, on texts that you give it and with nothing else.',
              )}
            </p>
          ) : (
            <ol aria-label={t('Test runs')} className="flex flex-col gap-6">
              {trials.map((trial) => (
                <li key={trial.id}>
                  <TrialView trial={trial} />
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
    </Section>
  )
}

function TrialView({ trial }: { trial: Trial }): ReactNode {
  const { request, result } = trial
  const allowed = request.grants.map((name) => capabilityWords()[name] ?? name)
  return (
    <>
      <p className="text-sm text-ink-3">
        {allowed.length === 0
          ? t('{{reviewer}} · {{when}} · allowed to do nothing of what it asks for', {
              reviewer: trial.reviewer,
              when: formatAgo(trial.createdAt),
            })
          : t('{{reviewer}} · {{when}} · allowed to {{what}}', {
              reviewer: trial.reviewer,
              when: formatAgo(trial.createdAt),
              what: joinList(allowed),
            })}
      </p>
      {result === null ? (
        <p role="status" className="mt-1 font-medium">
          {trial.state === 'waiting' ? t('It waits for its turn.') : t('It runs.')}
        </p>
      ) : 'refusal' in result ? (
        <div className="mt-1">
          <p className="font-medium break-words">
            <Badge tone="bad">{t('Not run')}</Badge> {say(result.refusal.message)}
          </p>
          <p className="text-ink-2">{say(result.refusal.remedy)}</p>
        </div>
      ) : (
        <Ran result={result} />
      )}
    </>
  )
}

function Ran({
  result: { run, stdout, stderr },
}: {
  result: Exclude<Trial['result'], null | { refusal: unknown }>
}): ReactNode {
  const ending = trialEnding(run)
  return (
    <div className="mt-1 flex flex-col gap-3">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <Badge tone={ending.tone}>
          {ending.tone === 'ok' ? t('Ran') : ending.tone === 'bad' ? t('Not run') : t('Stopped')}
        </Badge>
        {ending.words}
      </p>
      <ReceiptLines groups={receiptGroups(run, null, (name) => name)} />
      <Output label={t('What it printed')} text={stdout} />
      <Output label={t('What it complained about')} text={stderr} />
      <Details title={t('What it used, and its limits')}>
        <Facts narrow facts={usage(run)} />
      </Details>
    </div>
  )
}

function Output({ label, text }: { label: string; text: string }): ReactNode {
  if (text === '') return null
  return (
    <section aria-label={label}>
      <h3 className="mb-1 text-sm font-medium text-ink-2">{label}</h3>
      <pre
        // Reachable by keyboard, because it may scroll.
        tabIndex={0}
        className="max-h-60 overflow-y-auto rounded-sm bg-sunk px-3 py-2 font-mono text-[13px] break-all whitespace-pre-wrap select-text"
      >
        <SeenLines text={text} />
      </pre>
    </section>
  )
}

/** Line ends stay what they are; everything else that shows as nothing is named. */
function SeenLines({ text }: { text: string }): ReactNode {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line, index) => (
      <span key={index} className="block min-h-[1lh]">
        <SeenText text={line} />
      </span>
    ))
}
