import { z } from 'zod'
import { findingSchema } from '../../shared/finding.ts'
import type { Connection } from './request.ts'

const id = z.object({ id: z.string() })
const time = z.string()
const foundSchema = findingSchema.extend({ fingerprint: z.string() })
const casefileSchema = z.object({
  id: z.string(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  state: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail']).nullable(),
  findings: z.array(foundSchema),
  comment: z.string().nullable(),
  publisher: z.string(),
  submittedBy: z.string(),
  reviewsNeeded: z.number(),
  steps: z.array(
    z.object({ step: z.string(), round: z.number(), state: z.string(), note: z.string().nullable() }),
  ),
  decisions: z.array(
    z.object({
      round: z.number(),
      reviewer: z.string(),
      decision: z.enum(['approve', 'reject']),
      comment: z.string(),
    }),
  ),
  appeals: z.array(
    z.object({
      words: z.string(),
      createdAt: time,
      answer: z.string().nullable(),
      answeredBy: z.string().nullable(),
    }),
  ),
  suppressions: z.array(
    z.object({
      id: z.string(),
      fingerprint: z.string(),
      rule: z.string(),
      reason: z.string(),
      reviewer: z.string(),
      liftedAt: time.nullable(),
    }),
  ),
})
/** A submission with all that was found, decided, objected and set aside. */
export type Casefile = z.infer<typeof casefileSchema>

const trialSchema = z.object({
  id: z.string(),
  reviewer: z.string(),
  state: z.enum(['waiting', 'running', 'finished', 'failed']),
  result: z.record(z.string(), z.unknown()).nullable(),
})
/** A test run; its result holds `run`, `stdout` and `stderr`, or `refusal`. */
export type Trial = z.infer<typeof trialSchema>
/** What a test run is given: texts by name, and what the skill may of what it declares. */
export interface TrialRequest {
  readonly inputs: Record<string, string | number | boolean>
  readonly files: Record<string, string>
  readonly grants: readonly string[]
}

const appealedSchema = z.object({
  id: z.string(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  publisher: z.string(),
  state: z.string(),
})
const entrySchema = z.object({
  seq: z.number(),
  account: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  at: time,
})
export type JournalEntry = z.infer<typeof entrySchema>

/** Milliseconds between two looks at a test run. */
const lookMs = 500

/** What reviewers, and publishers who object, ask of a registry beyond deciding; and what its administrators read. */
export interface StaffCalls {
  casefile(submission: string): Promise<Casefile>
  /** Resolves once nothing of the registry's own is left to do. */
  atRest(submission: string): Promise<Casefile>
  /** Submissions whose refusal somebody objects to. */
  appealed(): Promise<z.infer<typeof appealedSchema>[]>
  scanAgain(submission: string): Promise<{ round: number }>
  appeal(submission: string, words: string): Promise<void>
  answerAppeal(submission: string, answer: string, granted: boolean): Promise<void>
  setAside(submission: string, fingerprint: string, reason: string): Promise<{ id: string }>
  liftSuppression(id: string): Promise<void>
  /** Resolves when the run is over, wherever the registry has it done. */
  tryOut(submission: string, request: TrialRequest): Promise<Trial>
  hold(slug: string, words: string): Promise<void>
  release(slug: string, words: string): Promise<void>
  /** The newest first, a hundred at a time. */
  journal(wanted: { account?: string; actor?: string; before?: number }): Promise<JournalEntry[]>
}

export function createStaffCalls({ json, send, bytes }: Connection): StaffCalls {
  const of = (submission: string) => `/api/submissions/${encodeURIComponent(submission)}`
  const bodied = (method: 'POST' | 'PUT', body: unknown) => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const post = (body: unknown) => bodied('POST', body)
  /** A call that answers with nothing. */
  const tell = async (path: string, options: Parameters<Connection['send']>[1]) => {
    await bytes(await send(path, options), 1024)
  }
  return {
    casefile: (submission) => json(casefileSchema, of(submission)),
    async atRest(submission) {
      for (;;) {
        const now = await json(casefileSchema, `${of(submission)}?wait=20`)
        if (now.state !== 'submitted' && now.state !== 'approved') return now
      }
    },
    appealed: async () =>
      (await json(z.object({ submissions: z.array(appealedSchema) }), '/api/review/queue?appealed=true'))
        .submissions,
    scanAgain: (submission) => json(z.object({ round: z.number() }), `${of(submission)}/rescan`, post({})),
    appeal: async (submission, words) => {
      await json(id, `${of(submission)}/appeal`, post({ words }))
    },
    answerAppeal: async (submission, answer, granted) => {
      await json(id, `${of(submission)}/appeal/answer`, post({ answer, granted }))
    },
    setAside: (submission, fingerprint, reason) =>
      json(id, `${of(submission)}/suppressions`, post({ fingerprint, reason })),
    liftSuppression: (suppression) =>
      tell(`/api/suppressions/${encodeURIComponent(suppression)}`, { method: 'DELETE' }),
    async tryOut(submission, request) {
      const made = await json(id, `${of(submission)}/trial`, post(request))
      for (;;) {
        const { trials } = await json(z.object({ trials: z.array(trialSchema) }), `${of(submission)}/trials`)
        const trial = trials.find((one) => one.id === made.id)
        if (trial?.state === 'finished' || trial?.state === 'failed') return trial
        await new Promise((resolve) => setTimeout(resolve, lookMs))
      }
    },
    hold: (slug, words) => tell(`/api/skills/${encodeURIComponent(slug)}/hold`, bodied('PUT', { words })),
    release: (slug, words) =>
      tell(`/api/skills/${encodeURIComponent(slug)}/hold?words=${encodeURIComponent(words)}`, {
        method: 'DELETE',
      }),
    async journal({ account, actor, before }) {
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries({ account, actor, before }))
        if (value !== undefined) query.set(name, String(value))
      const answer = z.object({ entries: z.array(entrySchema) })
      return (await json(answer, `/api/journal?${query.toString()}`)).entries
    },
  }
}
