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
      title: 'Skillet has not heard from the registry for too long.',
      text: `Its last word held until ${formatDate(validUntil, now)}. Until it is confirmed, nothing installs and nothing runs.`,
      remedy: 'Connect to the internet and try again.',
    }
  }
  if (outOfService.has(problem.code)) {
    // Nothing was ever fetched: the page that needs the registry says so itself.
    if (checkedAt === null || validUntil === null) return { kind: 'fine' }
    if (stillHolds)
      return {
        kind: 'offline',
        text: `${problem.message} What the registry said ${formatAgo(checkedAt, now)} holds until ${formatUntil(validUntil, now)}.`,
      }
  }
  return {
    kind: 'trouble',
    title: problem.message,
    text: 'Until this is put right, nothing installs and nothing runs.',
    remedy: problem.remedy,
  }
}

type PublishKey = TrustStatus['publishKeys'][number]

/** What a signing key is good for, in words. */
export function keyWords(
  key: Pick<PublishKey, 'status' | 'since' | 'until'>,
  now: Date = new Date(),
): { tone: 'ok' | 'neutral' | 'bad'; label: string; text: string } {
  const since = new Date(key.since).getTime() === 0 ? '' : ` since ${formatDate(key.since, now)}`
  const until = key.until === null ? '' : formatDate(key.until, now)
  switch (key.status) {
    case 'active':
      return { tone: 'ok', label: 'In use', text: `Signs skills${since}.` }
    case 'retired':
      return {
        tone: 'neutral',
        label: 'Retired',
        text: `Signs nothing new since ${until}. What it signed before that still counts.`,
      }
    case 'compromised':
      return {
        tone: 'bad',
        label: 'Stolen',
        text: 'Somebody else may have it, so nothing that it signed counts.',
      }
  }
}
