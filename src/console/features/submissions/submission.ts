import type { Finding } from '../../../shared/finding.ts'
import { t } from '../../../shared/i18n/t.ts'

/** A finding with what a suppression names it by. */
export interface Found extends Finding {
  readonly fingerprint: string
}

export interface Submission {
  readonly id: string
  readonly slug: string | null
  readonly version: string | null
  readonly state: string
  readonly verdict: string | null
  readonly findings: readonly Found[]
  readonly tarball: { readonly sha256: string; readonly size: number }
  readonly createdAt: string
  readonly reviewedAt: string | null
  readonly reviewer: string | null
  readonly comment: string | null
  /** Submitted by somebody else than the publisher. */
  readonly community: boolean
  readonly reviewsNeeded: number
  readonly submittedBy: string
  readonly issueUrl: string | null
}

export interface Step {
  readonly step: string
  readonly round: number
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'broken'
  readonly note: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

export interface Suppression {
  readonly id: string
  readonly fingerprint: string
  readonly reason: string
  readonly reviewer: string
  readonly createdAt: string
  readonly liftedAt: string | null
}

export interface Appeal {
  readonly words: string
  readonly createdAt: string
  readonly answer: string | null
  readonly answeredBy: string | null
}

export interface FollowedSubmission extends Submission {
  readonly publisher: string
  readonly steps: readonly Step[]
  readonly decisions: readonly {
    readonly round: number
    readonly reviewer: string
    readonly decision: 'approve' | 'reject'
    readonly comment: string
    readonly decidedAt: string
  }[]
  readonly appeals: readonly Appeal[]
  readonly suppressions: readonly Suppression[]
}

/** "csv-profile 1.2.0", or what there is where even that can't be read. */
export function nameOf({ slug, version }: Pick<Submission, 'slug' | 'version'>): string {
  return slug === null ? t('A package that can’t be read') : `${slug} ${version ?? ''}`
}

/** Whether the registry itself still works on it. */
export function isMoving({ state }: Pick<Submission, 'state'>): boolean {
  return state === 'submitted' || state === 'approved'
}

/** What findings count no more, by fingerprint: somebody set them aside, and why. */
export function setAside(suppressions: readonly Suppression[]): ReadonlyMap<string, Suppression> {
  return new Map(
    suppressions.filter(({ liftedAt }) => liftedAt === null).map((one) => [one.fingerprint, one]),
  )
}
