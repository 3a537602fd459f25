import type { ReactNode } from 'react'
import type { ScannedSkill } from '../../../shared/contract/agents.ts'
import type { Finding } from '../../../shared/finding.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { useRuleWords } from '../../ui/rule-words.ts'
import { useNotice } from '../../ui/toast.tsx'

/** One skill in an agent's folder: what is wrong with it, and bringing it under Skillet. */
export function ScannedCard({ skill, onChanged }: { skill: ScannedSkill; onChanged: () => void }): ReactNode {
  const { name, path, release, problem, adopted, digest, origin } = skill
  const notify = useNotice()
  const adopt = useChange('agents.adopt')
  const disown = useChange('agents.disown')
  const findings = skill.report?.findings.filter(({ severity }) => severity !== 'info') ?? []
  const { tone, words } = verdictOf(skill)
  const changed = (text: string) => ({
    onSuccess: () => {
      notify({ text })
      onChanged()
    },
  })
  return (
    <li aria-label={name} className="rounded-lg border border-line bg-raised p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-2">
            <h2 className="font-semibold break-all">
              <bdi>{name}</bdi>
            </h2>
            <Badge tone={tone}>{words}</Badge>
            {adopted === 'unchanged' ? <Badge tone="ok">{t('Unchanged since you looked')}</Badge> : null}
            {adopted === 'changed' ? <Badge tone="bad">{t('Changed since you looked')}</Badge> : null}
          </div>
          <p className="mt-0.5 text-sm break-all text-ink-3">
            <bdi dir="ltr">{path}</bdi>
          </p>
        </div>
        <div className="flex shrink-0 gap-2">
          {release !== null && release.newest !== null ? (
            <LinkButton size="small" href={hrefs.skill(release.slug)}>
              {release.newest === release.version
                ? t('Show in Skillet')
                : t('Version {{version}} is there', { version: release.newest })}
            </LinkButton>
          ) : null}
          {digest === null || origin === 'ours' ? null : adopted === 'unchanged' ? (
            <Button
              size="small"
              look="quiet"
              isPending={disown.isPending}
              aria-label={t('Stop watching {{name}}', { name })}
              onPress={() =>
                disown.mutate({ path }, changed(t('Skillet no longer watches {{name}}.', { name })))
              }
            >
              {t('Stop watching')}
            </Button>
          ) : (
            <Button
              size="small"
              isPending={adopt.isPending}
              aria-label={t('Bring under Skillet: {{name}}', { name })}
              onPress={() =>
                adopt.mutate(
                  { path, digest },
                  changed(t('Skillet tells you when {{name}} changes.', { name })),
                )
              }
            >
              {t('Bring under Skillet')}
            </Button>
          )}
        </div>
      </div>
      {problem === null ? null : (
        <p className="mt-2 break-all text-ink-2">
          <bdi>{say(problem)}</bdi>
        </p>
      )}
      {adopt.error === null && disown.error === null ? null : (
        <div className="mt-3">
          <ErrorNote linked={false} error={adopt.error ?? disown.error} />
        </div>
      )}
      {findings.length === 0 ? null : (
        <div className="mt-3">
          <Details title={t('{{count}} things to know', { count: findings.length })}>
            <ul className="flex flex-col gap-4">
              {findings.map((finding, index) => (
                <FindingRow key={index} finding={finding} />
              ))}
            </ul>
          </Details>
        </div>
      )}
    </li>
  )
}

/** One thing that the check found, in plain words. */
export function FindingRow({ finding }: { finding: Finding }): ReactNode {
  useRuleWords()
  const { message, why, snippet, file, line, severity } = finding
  const isGrave = severity === 'critical' || severity === 'high'
  return (
    <li className="flex flex-col gap-1">
      <p className={`font-medium ${isGrave ? 'text-bad' : ''}`}>
        <bdi>{say(message)}</bdi>
      </p>
      {why === '' ? null : (
        <p className="text-ink-2">
          <bdi>{say(why)}</bdi>
        </p>
      )}
      {snippet === null ? null : (
        <code className="block rounded-md bg-sunk px-3 py-2 text-sm break-all">{snippet}</code>
      )}
      {file === '' ? null : (
        <p className="text-sm break-all text-ink-3">
          <bdi dir="ltr">{line === null ? file : `${file}:${line}`}</bdi>
        </p>
      )}
    </li>
  )
}

function verdictOf({ origin, report, problem }: ScannedSkill): { tone: Tone; words: string } {
  if (origin === 'ours') return { tone: 'ok', words: t('From Skillet, verified') }
  if (origin === 'published') return { tone: 'ok', words: t('Exactly as published') }
  if (report === null || problem !== null) return { tone: 'warn', words: t('Not judged') }
  return {
    fail: { tone: 'bad' as const, words: t('Dangerous') },
    warn: { tone: 'warn' as const, words: t('Look at this') },
    pass: { tone: 'ok' as const, words: t('Nothing found') },
  }[report.verdict]
}
