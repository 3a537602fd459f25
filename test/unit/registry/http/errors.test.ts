import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { answerError } from '../../../../src/registry/http/errors.ts'

it('tells nobody but the log what nobody foresaw', async () => {
  const log: object[] = []
  const app = new Hono()
  app.get('/unforeseen', () => {
    throw new Error('no such table at /srv/registry: secret')
  })
  app.get('/wrapped', () => {
    throw new SkilletError('INTERNAL', 'Something went wrong.', { cause: new Error('secret') })
  })
  app.onError((error, context) => answerError(context, error, (_level, _event, more) => log.push(more ?? {})))
  for (const path of ['/unforeseen', '/wrapped']) {
    const answer = await app.request(path)
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'INTERNAL' } })
    expect(text).not.toMatch(/secret|srv|\.ts|Error:/)
  }
  expect(log).toMatchObject([{ message: expect.stringContaining('secret') }, { message: 'secret' }])
})
