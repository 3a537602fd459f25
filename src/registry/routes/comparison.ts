import { z } from 'zod'
import { publishersOrReviewers } from '../auth/who-may.ts'
import { idParam } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { createComparison } from '../publish/compare.ts'
import { reachOf } from '../publish/rounds.ts'
import type { Dependencies } from './dependencies.ts'

const side = z
  .object({
    size: z.number(),
    sha256: z.string(),
    executable: z.boolean(),
    text: z.string().nullable(),
    cut: z.boolean(),
  })
  .nullable()

/** A submission beside the version published before it. */
export function addComparison(add: AddEndpoint, dependencies: Dependencies): void {
  const comparison = createComparison(dependencies)

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/files',
      tag: 'Review',
      summary: 'The files of a submission, and what changed in them since the version published before it.',
      access: publishersOrReviewers,
      params: idParam,
      answer: z.object({
        previous: z.string().nullable(),
        files: z.array(
          z.object({
            path: z.string(),
            change: z.enum(['added', 'changed', 'same', 'removed']),
            size: z.number().nullable(),
            previousSize: z.number().nullable(),
            executable: z.boolean(),
          }),
        ),
      }),
    },
    ({ caller, params: { id } }) => comparison.files(reachOf(caller), id),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/file',
      tag: 'Review',
      summary: 'One file as it is and as it was; at most 256 KB of each, and no text of what is none.',
      access: publishersOrReviewers,
      params: idParam,
      query: z.object({ path: z.string().min(1).max(1000) }),
      answer: z.object({ path: z.string(), previous: z.string().nullable(), now: side, before: side }),
    },
    ({ caller, params: { id }, query: { path } }) => comparison.file(reachOf(caller), id, path),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/changes',
      tag: 'Review',
      summary: 'What the skill may do more, less or otherwise than the version published before it.',
      access: publishersOrReviewers,
      params: idParam,
      answer: z.object({
        previous: z.string().nullable(),
        changes: z.array(
          z.object({
            about: z.enum(['capability', 'host', 'program', 'folder', 'key', 'limit', 'other']),
            name: z.string(),
            before: z.string().nullable(),
            after: z.string().nullable(),
          }),
        ),
      }),
    },
    ({ caller, params: { id } }) => comparison.changes(reachOf(caller), id),
  )
}
