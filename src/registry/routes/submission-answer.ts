import type { Selectable } from 'kysely'
import { z } from 'zod'
import { fingerprint } from '../../review/fingerprint.ts'
import { findingSchema, type Finding } from '../../shared/finding.ts'
import type { Tables } from '../db/tables.ts'
import { time } from '../http/fields.ts'

/** The fingerprint is what a suppression names. */
const foundSchema = findingSchema.extend({ fingerprint: z.string() })
const withFingerprint = (finding: Finding) => ({ ...finding, fingerprint: fingerprint(finding) })

export const submissionAnswer = z.object({
  id: z.uuid(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  state: z.string(),
  verdict: z.string().nullable(),
  findings: z.array(foundSchema),
  tarball: z.object({ sha256: z.string(), size: z.number() }),
  createdAt: time,
  reviewedAt: time.nullable(),
  reviewer: z.string().nullable(),
  comment: z.string().nullable(),
  community: z.boolean(),
  reviewsNeeded: z.number(),
  submittedBy: z.string(),
  issueUrl: z.string().nullable(),
})
const stepAnswer = z.object({
  step: z.string(),
  round: z.number(),
  state: z.enum(['waiting', 'running', 'passed', 'failed', 'broken']),
  note: z.string().nullable(),
  findings: z.array(foundSchema),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
})
export const wholeAnswer = submissionAnswer.extend({
  publisher: z.string(),
  steps: z.array(stepAnswer),
  decisions: z.array(
    z.object({
      round: z.number(),
      reviewer: z.string(),
      decision: z.enum(['approve', 'reject']),
      comment: z.string(),
      decidedAt: time,
    }),
  ),
  appeals: z.array(
    z.object({
      words: z.string(),
      createdAt: time,
      answer: z.string().nullable(),
      answeredBy: z.string().nullable(),
      answeredAt: time.nullable(),
    }),
  ),
  /** Findings of this skill that were set aside: the finding with the same fingerprint doesn't count. */
  suppressions: z.array(
    z.object({
      id: z.uuid(),
      fingerprint: z.string(),
      rule: z.string(),
      reason: z.string(),
      reviewer: z.string(),
      createdAt: time,
      liftedAt: time.nullable(),
    }),
  ),
})

/** As it is stored, for whoever asks. */
export function toSubmission(row: Selectable<Tables['submissions']>) {
  return {
    id: row.id,
    slug: row.slug,
    version: row.version,
    state: row.state,
    verdict: row.verdict,
    findings: row.findings.map(withFingerprint),
    tarball: { sha256: row.tarball_sha256, size: Number(row.tarball_size) },
    createdAt: row.created_at.toISOString(),
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    reviewer: row.reviewer,
    comment: row.comment,
    community: row.community,
    reviewsNeeded: row.reviews_needed,
    submittedBy: row.submitted_by,
    issueUrl: row.issue_url,
  }
}

const order = ['lint', 'archive', 'code', 'sign', 'publish']

/** In the order of the pipeline, the latest round last. */
export function toSteps(
  rows: readonly Pick<
    Selectable<Tables['submission_steps']>,
    'step' | 'round' | 'state' | 'note' | 'findings' | 'started_at' | 'finished_at'
  >[],
) {
  return rows
    .toSorted((a, b) => a.round - b.round || order.indexOf(a.step) - order.indexOf(b.step))
    .map(({ started_at, finished_at, findings, ...row }) => ({
      ...row,
      findings: findings.map(withFingerprint),
      startedAt: started_at?.toISOString() ?? null,
      finishedAt: finished_at?.toISOString() ?? null,
    }))
}
