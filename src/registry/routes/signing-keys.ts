import { z } from 'zod'
import { publishKeySchema } from '../../shared/signed-targets.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

/** The keys of the signed list `signing-keys.json`, for people to read; programs read the list itself. */
export function addSigningKeys(add: AddEndpoint, { repository }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/signing-keys',
      tag: 'About',
      summary: 'Every key that signs or signed releases, and what it stands for now.',
      access: 'public',
      answer: z.object({ keys: z.array(publishKeySchema) }),
    },
    async () => ({ keys: (await repository.publishKeys()).keys }),
  )
}
