import { expect, test } from 'vitest'
import { z } from 'zod'
import { callOperation } from '../../../../src/bridge/operations/call.ts'
import { createIdempotency } from '../../../../src/bridge/operations/idempotency.ts'
import { createKeptAnswers } from '../../../../src/bridge/operations/kept-answers.ts'
import { operation, type OperationContext } from '../../../../src/bridge/operations/operation.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

let ran = 0
let fails = false
const declared = operation({
  name: 'count_up',
  title: 'Count',
  description: 'Counts.',
  input: z.strictObject({ by: z.int().default(1) }),
  output: z.object({ ran: z.number() }),
  scope: 'skills:run',
  readOnly: false,
  destructive: true,
  idempotent: false,
  route: { method: 'post', path: '/count' },
  async run({ by }) {
    ran += by
    if (fails) throw new SkilletError('BUSY', 'Not now.')
    return { ran, secret: 'stays here' } as { ran: number }
  },
})
const contextOf = (part: Partial<OperationContext> = {}) =>
  ({
    agent: { id: 'one', name: 'One', scopes: ['skills:run'] },
    idempotencyKey: null,
    idempotency: createIdempotency(),
    kept: createKeptAnswers(),
    ...part,
  }) as OperationContext

test('nothing is done for a token without the scope, or for what is wrong', async () => {
  const agent = { id: 'one', name: 'One', scopes: ['catalog:read', 'skills:request', 'runs:read'] as const }
  await expect(callOperation(declared, {}, contextOf({ agent }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(callOperation(declared, { by: 'x', to: 1 }, contextOf())).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/by: .*; .*to/) as string,
  })
  expect(ran).toBe(0)
})

test('only what the output names leaves', async () => {
  expect(await callOperation(declared, {}, contextOf())).toEqual({ ran: 1 })
})

test('one key, one deed, for each agent; what failed may be tried again', async () => {
  const context = contextOf({ idempotencyKey: 'a' })
  fails = true
  await expect(callOperation(declared, {}, context)).rejects.toMatchObject({ code: 'BUSY' })
  fails = false
  const [first, second] = await Promise.all([
    callOperation(declared, {}, context),
    callOperation(declared, {}, context),
  ])
  expect([first, second]).toEqual([{ ran: 3 }, { ran: 3 }])
  await expect(callOperation(declared, { by: 2 }, context)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  const other = { ...context, agent: { ...context.agent, id: 'other' } }
  expect(await callOperation(declared, {}, other)).toEqual({ ran: 4 })
})

test('an answer that is kept is the same for its time, and no longer', async () => {
  let now = 0
  const kept = createKeptAnswers(() => now)
  let asked = 0
  const ask = () => kept.get('question', 1000, async () => ++asked)
  expect([await ask(), await ask()]).toEqual([1, 1])
  now = 1000
  expect(await ask()).toBe(2)
})
