import { z } from 'zod'
import { secretNameSchema, slugSchema } from '../../shared/identifiers.ts'
import { revocationSchema } from '../../shared/signed-targets.ts'
import { administrators } from '../auth/who-may.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { revoke } from '../revocations.ts'
import type { Dependencies } from './dependencies.ts'

const revocationRequest = revocationSchema.omit({ revokedAt: true }).extend({
  severity: revocationSchema.shape.severity.default('high'),
  rotate: z.array(secretNameSchema).max(32).default([]),
})

/** Withdrawing releases. */
export function addRevocations(add: AddEndpoint, { database, jobs, publication }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/revocations',
      tag: 'Administration',
      summary: 'Withdraws a version, or all of them with `*`, from everybody.',
      access: administrators,
      body: revocationRequest,
      status: 201,
      answer: z.object({ serial: z.number(), slug: slugSchema, version: z.string() }),
    },
    async ({ caller, body }) => {
      const { serial } = await revoke({ database, jobs }, caller, body)
      jobs.wake('deliver')
      await publication.publish()
      return { serial, slug: body.slug, version: body.version }
    },
  )
}
