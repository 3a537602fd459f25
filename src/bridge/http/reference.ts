import { errorCodes, httpStatusOf, SkilletError } from '../../shared/errors.ts'
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts'

/** One call, as people read about it. */
export interface ReferenceCall {
  readonly title: string
  readonly line: string
  readonly description: string
  /** Null: it needs no token. */
  readonly scope: string | null
  readonly takes: readonly { name: string; where: string; type: string; required: boolean; words: string }[]
  readonly gives: readonly { name: string; type: string }[]
}

/** What stands before the calls. */
export const introduction: readonly { title: string; paragraphs: readonly string[] }[] = [
  {
    title: 'Finding Skillet',
    paragraphs: [
      'While Skillet is open, or skillet serve runs, the file bridge.json in its folder (SKILLET_HOME) says where it listens: url on 127.0.0.1 and socket, a Unix socket or Windows’ pipe. Both answer the same. Only the person can read the file; a program that finds it to be a link, or somebody else’s, should not believe it.',
      'Before you send a token, have the server prove that it wrote that file: GET /v1/hello?challenge=C with 32 random bytes in base64url. proof in the answer must be the base64url of HMAC-SHA-256, under the bytes of key, over the three lines “skillet-bridge/1”, the address that you connected to (127.0.0.1:PORT, or the socket’s path) and C, without a line end after the last.',
      'Send Host as you connected, 127.0.0.1:PORT (over the socket localhost), and application/json with each POST. Web pages are refused.',
    ],
  },
  {
    title: 'Being connected',
    paragraphs: [
      'POST /v1/pairings with your name and what you want to do. Show the code in the answer to the person, who finds the same one in Skillet and allows it, or less. POST the secret to /v1/pairings/ID/token to fetch the token, which is given once. Send it as Authorization: Bearer TOKEN.',
      'The person can end it at any time; from then on every call answers UNAUTHORIZED.',
    ],
  },
  {
    title: 'What waits for the person',
    paragraphs: [
      'Installing, running a skill with a file that the person has not allowed for it, sharing a bundle and submitting a skill make a request. Its state is pending until the person answers in Skillet; get_request with waitS waits for that. Nothing that you send can answer it.',
    ],
  },
  {
    title: 'Runs',
    paragraphs: [
      'run_skill answers when the run has ended, or after waitS seconds. Its output can be followed as server-sent events. A run goes on when you hang up, unless the request had the header Skillet-When-Gone: stop.',
    ],
  },
]

export function referenceCalls({ paths }: OpenApiDocument): ReferenceCall[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: operation.summary,
      line: `${method.toUpperCase()} ${path}`,
      description: operation.description,
      scope: operation.security[0]?.['token']?.[0] ?? null,
      takes: takenBy(operation),
      gives: givenBy(operation),
    })),
  )
}

/** Every code that may come, with the status that it usually has and what to do. */
export function referenceErrors(): { code: string; status: number; remedy: string }[] {
  return errorCodes.map((code) => ({
    code,
    status: httpStatusOf(code),
    remedy: new SkilletError(code, '').remedy,
  }))
}

function takenBy({ parameters, requestBody }: OpenApiOperation): ReferenceCall['takes'] {
  const body = requestBody?.content['application/json']?.schema as
    { properties?: Record<string, object>; required?: string[] } | undefined
  return [
    ...parameters.map(({ name, in: where, required, schema }) => member(name, where, schema, required)),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) =>
      member(name, 'body', schema, body?.required?.includes(name) ?? false),
    ),
  ]
}

function givenBy({ responses }: OpenApiOperation): ReferenceCall['gives'] {
  const [answer] = Object.entries(responses).filter(([status]) => status !== 'default')
  const { properties = {} } = (answer?.[1].content?.['application/json']?.schema ?? {}) as {
    properties?: Record<string, object>
  }
  return Object.entries(properties).map(([name, schema]) => ({ name, type: typeOf(schema) }))
}

function member(
  name: string,
  where: string,
  schema: object,
  required: boolean,
): ReferenceCall['takes'][number] {
  const { description = '', default: usual } = schema as { description?: string; default?: unknown }
  const words = [
    ...(description === '' ? [] : [description]),
    ...(usual === undefined || usual === '' || typeof usual === 'object'
      ? []
      : [`By default ${JSON.stringify(usual)}.`]),
  ]
  return { name, where, type: typeOf(schema), required, words: words.join(' ') }
}

function typeOf(schema: object): string {
  const {
    type,
    enum: values,
    anyOf,
    items,
  } = schema as {
    type?: string | string[]
    enum?: unknown[]
    anyOf?: object[]
    items?: object
  }
  if (values !== undefined) return values.join(' | ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ')
  if (type === 'array' && items !== undefined) return `${typeOf(items)}[]`
  return [type ?? 'any'].flat().join(' | ')
}
