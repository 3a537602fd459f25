import { z } from 'zod'
import { reviewers } from '../auth/who-may.ts'
import { idParam, words } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { liftSuppression, suppress } from '../publish/suppressions.ts'
import type { Dependencies } from './dependencies.ts'

/** Findings that count for nothing, because a reviewer said why. */
export function addSuppressions(add: AddEndpoint, { database, jobs }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/submissions/:id/suppressions',
      tag: 'Review',
      summary: 'Sets a finding aside, for this skill and from the next scan; everybody sees it, and why.',
      access: reviewers,
      params: idParam,
      body: z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{64}$/), reason: words }),
      status: 201,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => suppress({ database, jobs }, caller, id, body),
  )

  add(
    {
      method: 'delete',
      path: '/api/suppressions/:id',
      tag: 'Review',
      summary: 'Has a finding count again, from the next scan.',
      access: reviewers,
      params: idParam,
      status: 204,
    },
    async ({ caller, params: { id } }) => {
      await liftSuppression({ database, jobs }, caller, id)
      return new Response(null, { status: 204 })
    },
  )
}
