import { z } from 'zod'
import type { Operation } from '../operations/operation.ts'
import { fixedRoutes } from './fixed-routes.ts'
import { problemSchema, problemType } from './problem.ts'

interface Documented {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly method: 'get' | 'post' | 'delete'
  readonly path: string
  readonly input: z.ZodObject
  readonly output: z.ZodObject | null
  readonly produces: string
  readonly status: number
  readonly scope: string | null
  readonly takesKey: boolean
}

type Schema = Record<string, unknown>
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly paths: Record<string, Record<string, OpenApiOperation>>
  readonly [other: string]: unknown
}
export interface OpenApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  readonly requestBody?: { required: true; content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
  readonly security: Record<string, string[]>[]
}

/** REST as an OpenAPI 3.1 document, made from the schemas that judge each request and each answer. */
export function openApiDocument(operations: readonly Operation[], url: string): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const one of documented(operations)) {
    const path = `/v1${one.path}`
    paths[path] = { ...paths[path], [one.method]: describe(one) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Skillet, for agents on this computer',
      version: '1',
      description:
        'Finding, asking for and running skills. Nothing here can approve anything for the person.',
    },
    servers: [{ url }],
    paths,
    components: {
      schemas: { Problem: toSchema(problemSchema, 'output') },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'From pairing. Each call names the scope it needs.',
        },
      },
    },
  }
}

function documented(operations: readonly Operation[]): Documented[] {
  const fromTable = operations.map(({ route, ...operation }) => ({
    ...operation,
    ...route,
    status: route.status ?? 200,
    produces: 'application/json',
    takesKey: route.method !== 'get',
  }))
  return [...fixedRoutes.map((route) => ({ ...route, takesKey: false })), ...fromTable]
}

function describe(one: Documented): OpenApiOperation {
  const named = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const {
    properties = {},
    required = [],
    ...rest
  } = toSchema(one.input, 'input') as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  const inQuery = (name: string) => one.method !== 'post' && !named.includes(name)
  const inBody = Object.entries(properties).filter(([name]) => one.method === 'post' && !named.includes(name))
  const key = {
    type: 'string',
    maxLength: 128,
    description: 'The same key makes a repeated request the same one.',
  }
  return {
    operationId: one.name,
    summary: one.title,
    description: one.description,
    parameters: [
      ...named.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: properties[name] ?? { type: 'string' },
      })),
      ...Object.entries(properties)
        .filter(([name]) => inQuery(name))
        .map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })),
      ...(one.takesKey ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: key }] : []),
    ],
    ...(one.method === 'post'
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  ...rest,
                  properties: Object.fromEntries(inBody),
                  required: required.filter((name) => !named.includes(name)),
                },
              },
            },
          },
        }
      : {}),
    responses: {
      [String(one.status)]: {
        description: 'Done.',
        content: {
          [one.produces]: {
            schema: one.output === null ? { type: 'string' } : toSchema(one.output, 'output'),
          },
        },
      },
      default: {
        description: 'A refusal, with what to do next (RFC 9457).',
        content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
    security: one.scope === null ? [] : [{ token: [one.scope] }],
  }
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema
  return rest
}
