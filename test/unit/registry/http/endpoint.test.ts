import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Caller } from '../../../../src/registry/auth/caller.ts'
import { createEndpoints } from '../../../../src/registry/http/endpoint.ts'
import { answerError } from '../../../../src/registry/http/errors.ts'
import { openApiDocument } from '../../../../src/registry/http/openapi.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

const caller: Caller = {
  via: 'key',
  name: 'team',
  accountId: 'a',
  account: 'team',
  scopes: [],
  tier: 'free',
  prefix: 'abcdef',
  keyId: 'k',
  userId: null,
  bundleId: null,
  fleetId: null,
}

function make() {
  const app = new Hono()
  const order: string[] = []
  const { add, all } = createEndpoints(app, {
    async authorise(context, access) {
      order.push('authorise')
      if (access === 'public') return null
      if (context.req.header('x-api-key') === undefined) throw new SkilletError('UNAUTHORIZED', 'No.')
      return caller
    },
    async count() {
      order.push('count')
    },
  })
  add(
    {
      method: 'put',
      path: '/things/:id{[0-9a-f-]+}',
      tag: 'Things',
      summary: 'Changes a thing.',
      access: { scope: 'write:bundles', dashboard: true },
      params: z.object({ id: z.uuid() }),
      query: z.object({ quick: z.stringbool().default(false) }),
      body: z.strictObject({ name: z.string().max(5) }),
      answer: z.object({ id: z.uuid(), name: z.string(), quick: z.boolean() }),
    },
    async ({ params, query, body, caller: who }) => {
      order.push(`handle for ${who.account}`)
      return { ...params, ...query, ...body, secret: 'never leaves' }
    },
  )
  app.onError((error, context) => answerError(context, error, () => {}))
  return { app, all, order }
}

const id = '7b0f9c0e-6a4b-4b0e-9a59-0d1c7f6f6f10'
const put = (path: string, body: unknown, key = true) =>
  new Request(`http://registry.test${path}`, {
    method: 'PUT',
    headers: key ? { 'x-api-key': 'rec_x' } : {},
    body: JSON.stringify(body),
  })

describe('an endpoint', () => {
  it('parses what was sent, and lets only what it names leave', async () => {
    const { app } = make()
    const response = await app.fetch(put(`/things/${id}?quick=true`, { name: 'pan' }))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ id, name: 'pan', quick: true })
  })

  it('settles who may call before it reads anything else', async () => {
    const { app, order } = make()
    const response = await app.fetch(put('/things/0', 'not even an object', false))
    expect(response.status).toBe(401)
    expect(order).toEqual(['authorise'])
  })

  it.each([
    ['a field that nobody asked for', `/things/${id}`, { name: 'pan', account_id: 'other' }],
    ['a value that is too long', `/things/${id}`, { name: 'saucepan' }],
    ['a parameter that is no number of a thing', '/things/0', { name: 'pan' }],
    ['a query that means nothing', `/things/${id}?quick=perhaps`, { name: 'pan' }],
  ])('refuses %s', async (_, path, body) => {
    const { app, order } = make()
    const response = await app.fetch(put(path, body))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'INPUT_INVALID' } })
    expect(order).toEqual(['authorise', 'count'])
  })

  it('refuses bytes that are no text, and takes none in their place', async () => {
    const { app } = make()
    const request = new Request(put(`/things/${id}`, {}), {
      method: 'PUT',
      body: Buffer.from('{"name":"p\xffn"}', 'latin1'),
    })
    const response = await app.fetch(request)
    expect(response.status).toBe(400)
  })

  it('is described by the schemas that judge it', () => {
    const document = openApiDocument(make().all, 'http://registry.test')
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/things/{id}': {
          put: {
            parameters: [
              { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
              { name: 'quick', in: 'query', required: false },
            ],
            requestBody: {
              content: {
                'application/json': {
                  schema: { properties: { name: { maxLength: 5 } }, additionalProperties: false },
                },
              },
            },
            security: [{ key: ['write:bundles'] }, { session: [] }],
          },
        },
      },
    })
  })
})
