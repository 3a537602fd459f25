import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { TrustStatus } from '../../../shared/contract/overview.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import { formatAgo, formatDate, formatUntil } from '../../ui/format.ts'

export type TrustState =
  /** Nothing to say. */
  | { kind: 'fine' }
  /** No connection, and none needed for now. */
  | { kind: 'offline'; text: string }
  /** Something is wrong, or nothing holds any more. */
  | { kind: 'trouble'; title: string; text: string; remedy: string }

/** Failures that say nothing about what the registry said before. Every other one stops installs and runs. */
const outOfService: ReadonlySet<ErrorCode> = new Set([
  'REGISTRY_UNREACHABLE',
  'REGISTRY_REFUSED',
  'BUSY',
  'NO_SPACE',
])

/** Whether the registry's word still holds. */
export function holds(status: Pick<TrustStatus, 'validUntil'>, now: Date = new Date()): boolean {
  return status.validUntil !== null && new Date(status.validUntil) > now
}

/** What a person has to know about the registry's word right now. */
export function trustState(status: TrustStatus, now: Date = new Date()): TrustState {
  const { problem, checkedAt, validUntil } = status
  const stillHolds = holds(status, now)
  if (problem === null) {
    if (validUntil === null || stillHolds) return { kind: 'fine' }
    return {
      kind: 'trouble',
      title: t('Skillet has not heard from the registry for too long.'),
      text: t(
        'Its last word held until {{date}}. Until it is confirmed, nothing installs and nothing runs.',
        { date: formatDate(validUntil, now) },
      ),
      remedy: t('Connect to the internet and try again.'),
    }
  }
  if (outOfService.has(problem.code)) {
    // Nothing was ever fetched: the page that needs the registry says so itself.
    if (checkedAt === null || validUntil === null) return { kind: 'fine' }
    if (stillHolds)
      return {
        kind: 'offline',
        text: t('{{problem}} What the registry said {{ago}} holds until {{until}}.', {
          problem: say(problem.message),
          ago: formatAgo(checkedAt, now),
          until: formatUntil(validUntil, now),
        }),
      }
  }
  return {
    kind: 'trouble',
    title: say(problem.message),
    text: t('Until this is put right, nothing installs and nothing runs.'),
    remedy: say(problem.remedy),
  }
}

type PublishKey = TrustStatus['publishKeys'][number]

/** What a signing key is good for, in words. */
export function keyWords(
  key: Pick<PublishKey, 'status' | 'since' | 'until'>,
  now: Date = new Date(),
): { tone: 'ok' | 'neutral' | 'bad'; label: string; text: string } {
  const since = new Date(key.since).getTime() === 0 ? null : formatDate(key.since, now)
  const until = key.until === null ? '' : formatDate(key.until, now)
  switch (key.status) {
    case 'active':
      return {
        tone: 'ok',
        label: t('In use'),
        text: since === null ? t('Signs skills.') : t('Signs skills since {{date}}.', { date: since }),
      }
    case 'retired':
      return {
        tone: 'neutral',
        label: t('Retired'),
        text: t('Signs nothing new since {{until}}. What it signed before that still counts.', { until }),
      }
    case 'compromised':
      return {
        tone: 'bad',
        label: t('Stolen'),
        text: t('Somebody else may have it, so nothing that it signed counts.'),
      }
  }
}
