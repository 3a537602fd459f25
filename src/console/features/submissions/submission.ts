import type { Finding } from '../../../shared/finding.ts'

export interface Submission {
  readonly id: string
  readonly slug: string | null
  readonly version: string | null
  readonly state: string
  readonly verdict: string | null
  readonly findings: readonly Finding[]
  readonly tarball: { readonly sha256: string; readonly size: number }
  readonly createdAt: string
  readonly reviewedAt: string | null
  readonly reviewer: string | null
  readonly comment: string | null
}

export interface Step {
  readonly step: string
  readonly round: number
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'broken'
  readonly note: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

export interface FollowedSubmission extends Submission {
  readonly steps: readonly Step[]
}

/** "csv-profile 1.2.0", or what there is where even that can't be read. */
export function nameOf({ slug, version }: Pick<Submission, 'slug' | 'version'>): string {
  return slug === null ? 'A package that can’t be read' : `${slug} ${version ?? ''}`
}

/** Whether the registry itself still works on it. */
export function isMoving({ state }: Pick<Submission, 'state'>): boolean {
  return state === 'submitted' || state === 'approved'
}
