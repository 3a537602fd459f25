import { z } from 'zod'
import { plainErrorSchema } from '../../shared/plain-error.ts'
import type { AnyEndpoint } from './endpoint.ts'

/** The interface as an OpenAPI 3.1 document, made from the schemas that judge each request. */
export function openApiDocument(endpoints: readonly AnyEndpoint[], url: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const { path, parameters } = pathOf(endpoint)
    const operation = {
      tags: [endpoint.tag],
      summary: endpoint.summary,
      parameters: [
        ...parameters,
        ...membersOf(endpoint.query).map(({ name, schema, required }) => ({
          name,
          in: 'query',
          required,
          schema,
        })),
      ],
      ...requestBody(endpoint),
      responses: {
        [String(endpoint.status ?? 200)]: success(endpoint),
        default: {
          description: 'A refusal, with what to do next.',
          content: json({ $ref: '#/components/schemas/Error' }),
        },
      },
      security: securityOf(endpoint),
    }
    paths[path] = { ...paths[path], [endpoint.method]: operation }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Skillet registry', version: '1', description: 'Skills, reviewed, signed and revoked.' },
    servers: [{ url }],
    paths,
    components: {
      schemas: { Error: toSchema(z.object({ error: plainErrorSchema }), 'output') },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  }
}

/**
 * `/api/bundles/:id` as `/api/bundles/{id}`; how the text of a name must end stays, so that two kinds of files are two
 * paths: `/releases/:slug/:file{.+\\.skillet}` as `/releases/{slug}/{file}.skillet`. What has no schema of its own is text.
 */
function pathOf(endpoint: AnyEndpoint): { path: string; parameters: object[] } {
  const known = new Map(membersOf(endpoint.params).map((member) => [member.name, member.schema]))
  const parameters: object[] = []
  const path = endpoint.path.replaceAll(
    /:(\w+)(?:\{([^/]+)\})?/g,
    (_, name: string, pattern: string = '') => {
      const end = /(?:\\\.\w+)+$/.exec(pattern)?.[0].replaceAll('\\', '') ?? ''
      parameters.push({ name, in: 'path', required: true, schema: known.get(name) ?? { type: 'string' } })
      return `{${name}}${end}`
    },
  )
  return { path, parameters }
}

function requestBody({ body, accepts }: AnyEndpoint): object {
  if (body !== undefined) return { requestBody: { required: true, content: json(toSchema(body, 'input')) } }
  if (accepts === undefined) return {}
  return { requestBody: { required: true, content: { [accepts]: {} } } }
}

function success({ answer, produces, status }: AnyEndpoint): object {
  if (status === 204) return { description: 'Done.' }
  return {
    description: 'Done.',
    content:
      answer === undefined ? { [produces ?? 'application/json']: {} } : json(toSchema(answer, 'output')),
  }
}

function securityOf({ access }: AnyEndpoint): object[] {
  if (access === 'public') return [{}, { key: [] }]
  if (access === 'signed-in') return [{ session: [] }]
  const keys = [access.scope].flat().map((scope) => ({ key: [scope] }))
  return [...keys, ...(access.dashboard === true ? [{ session: [] }] : [])]
}

function membersOf(schema: z.ZodType | undefined): { name: string; schema: unknown; required: boolean }[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, unknown>
    required?: string[]
  }
  return Object.entries(properties).map(([name, of]) => ({
    name,
    schema: of,
    required: required.includes(name),
  }))
}

function json(schema: unknown): object {
  return { 'application/json': { schema } }
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
