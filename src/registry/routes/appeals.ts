import { z } from 'zod'
import { publishers, publishersOrReviewers, reviewers } from '../auth/who-may.ts'
import { idParam, words } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { answerAppeal, appeal, scanAgain } from '../publish/rounds.ts'
import type { Dependencies } from './dependencies.ts'

/** Having a submission looked at anew: by the scan, or by somebody else. */
export function addAppeals(add: AddEndpoint, { database, jobs }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/submissions/:id/rescan',
      tag: 'Publishing',
      summary: "Looks at a submission anew, with today's rules and without what was set aside.",
      access: publishersOrReviewers,
      limit: 'submit',
      params: idParam,
      status: 202,
      answer: z.object({ id: z.uuid(), round: z.number() }),
    },
    async ({ caller, params: { id } }) => ({ id, ...(await scanAgain({ database, jobs }, caller, id)) }),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/appeal',
      tag: 'Publishing',
      summary: 'Objects to a refusal; a reviewer answers.',
      access: publishers,
      limit: 'submit',
      params: idParam,
      body: z.strictObject({ words }),
      status: 201,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => appeal({ database }, caller, id, body.words),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/appeal/answer',
      tag: 'Review',
      summary: 'Answers the open appeal; where it is granted, the submission is looked at anew.',
      access: reviewers,
      params: idParam,
      body: z.strictObject({ answer: words, granted: z.boolean() }),
      answer: z.object({ id: z.uuid() }),
    },
    async ({ caller, params: { id }, body }) => {
      await answerAppeal({ database, jobs }, caller, id, body)
      return { id }
    },
  )
}
