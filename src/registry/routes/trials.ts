import { z } from 'zod'
import { capabilities } from '../../shared/capability.ts'
import { reviewers } from '../auth/who-may.ts'
import { within } from '../db/database.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { reachOf } from '../publish/rounds.ts'
import { readAsks } from '../publish/submission-asks.ts'
import { requestTrial } from '../publish/trial.ts'
import type { Dependencies } from './dependencies.ts'

/** Keys are somebody's own, and no skill that nobody has read gets any. */
const grantable = z.enum(capabilities).exclude(['env:read'])
const trialName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'must be a file name without a folder')
const trialBody = z.strictObject({
  inputs: z.record(z.string(), z.union([z.string().max(20_000), z.number(), z.boolean()])).default({}),
  files: z.record(trialName, z.string().max(60_000)).default({}),
  grants: z.array(grantable).max(capabilities.length).default([]),
})
const trialAnswer = z.object({
  id: z.uuid(),
  reviewer: z.string(),
  request: z.unknown(),
  state: z.enum(['waiting', 'running', 'finished', 'failed']),
  /** `run`: the receipt and how it ended; `stdout`, `stderr`; or `refusal`, why there was no run. */
  result: z.record(z.string(), z.unknown()).nullable(),
  createdAt: time,
  finishedAt: time.nullable(),
})

/** Test runs: what reviewers try a submission with, in the sandbox, and what came of it. */
export function addTrials(add: AddEndpoint, dependencies: Dependencies): void {
  const { database, jobs } = dependencies

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/asks',
      tag: 'Review',
      summary: 'What a submission takes to run and what it may do, by its own manifest.',
      access: reviewers,
      params: idParam,
      answer: z.object({
        command: z.array(z.string()),
        capabilities: z.array(z.object({ name: z.enum(capabilities), why: z.string() })),
        inputs: z.array(
          z.object({
            name: z.string(),
            type: z.enum(['file', 'folder', 'string', 'number', 'boolean', 'choice']),
            title: z.string(),
            description: z.string().nullable(),
            required: z.boolean(),
            /** What it is by default; null: nothing. */
            value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
            /** Of a choice. */
            options: z.array(z.string()),
            /** Endings of a file's name that it takes; none: any. */
            extensions: z.array(z.string()),
          }),
        ),
      }),
    },
    ({ caller, params: { id } }) => readAsks(dependencies, reachOf(caller), id),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/trial',
      tag: 'Review',
      summary: 'Runs a submission in the sandbox with what is granted, on texts that come with the request.',
      access: reviewers,
      limit: 'submit',
      params: idParam,
      body: trialBody,
      status: 202,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => requestTrial({ database, jobs }, caller, id, body),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/trials',
      tag: 'Review',
      summary: 'Test runs of a submission with their receipts, the newest first.',
      access: reviewers,
      params: idParam,
      answer: z.object({ trials: z.array(trialAnswer) }),
    },
    async ({ params: { id } }) => {
      const rows = await within(database, { across: 'review' }, (transaction) =>
        transaction
          .selectFrom('trial_runs')
          .select(['id', 'reviewer', 'inputs as request', 'state', 'result', 'created_at', 'finished_at'])
          .where('submission_id', '=', id)
          .orderBy('created_at', 'desc')
          .limit(50)
          .execute(),
      )
      return {
        trials: rows.map(({ created_at, finished_at, ...row }) => ({
          ...row,
          createdAt: created_at.toISOString(),
          finishedAt: finished_at?.toISOString() ?? null,
        })),
      }
    },
  )
}
