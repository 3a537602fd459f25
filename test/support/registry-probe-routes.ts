// The registry's routes as it describes them itself, and requests made from the description: a route that is added
// tomorrow is asked for everything that the others are, without a word here.

export interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly items?: JsonSchema
  readonly properties?: Record<string, JsonSchema>
}
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: JsonSchema
}
export interface Route {
  readonly method: string
  /** `/api/bundles/{id}` */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** Of a JSON body; null where there is none. */
  readonly body: JsonSchema | null
  /** Takes bytes of this type instead. */
  readonly bytes: string | null
  /** Anybody may ask. */
  readonly isPublic: boolean
  /** One of these scopes lets a key in; empty: no key does. */
  readonly scopes: readonly string[]
  /** Whoever is signed in to the console may ask, given what it takes. */
  readonly takesSession: boolean
}

interface Operation {
  parameters: Parameter[]
  requestBody?: { content: Record<string, { schema?: JsonSchema }> }
  security: Record<string, string[]>[]
}

export async function readRoutes(url: string): Promise<Route[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>
  }
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters, requestBody, security }]) => {
      const content = Object.entries(requestBody?.content ?? {})[0]
      return {
        method: method.toUpperCase(),
        path,
        parameters,
        body: content?.[1].schema ?? null,
        bytes: content !== undefined && content[1].schema === undefined ? content[0] : null,
        isPublic: security.some((way) => Object.keys(way).length === 0),
        scopes: security.flatMap((way) => way['key'] ?? []),
        takesSession: security.some((way) => 'session' in way),
      }
    }),
  )
}

export const nameOf = (route: Pick<Route, 'method' | 'path'>) => `${route.method} ${route.path}`

/** What a parameter of a path stands for: the word before it and its name, as `bundles/{id}`. */
export function placesOf(path: string): { name: string; place: string }[] {
  return [...path.matchAll(/(?<=([\w.-]+|\{\w+\})\/)\{(\w+)\}/g)].map(([, before, name]) => ({
    name: name!,
    place: `${before}/{${name}}`,
  }))
}

/** The path with these in its parameters' places, as they are where they are escaped already. */
export function fill(
  path: string,
  values: Record<string, string>,
  query: Record<string, string> = {},
): string {
  const filled = path
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? `no ${name}`))
    .replace('*', 'probe')
  const search = new URLSearchParams(query).toString()
  return search === '' ? filled : `${filled}?${search}`
}

/** Something that a schema allows. `known` may know better what a property of this name means. */
export function sampleOf(
  schema: JsonSchema,
  name: string,
  known: (name: string, schema: JsonSchema) => unknown,
): unknown {
  const better = known(name, schema)
  if (better !== undefined) return better
  if ('const' in schema) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const choice = (schema.anyOf ?? schema.oneOf)?.[0]
  if (choice !== undefined) return sampleOf(choice, name, known)
  // A list of kinds: one of them, and nothing of its own beside.
  const kind = Array.isArray(schema.type) ? (schema.type as string[])[0] : schema.type
  switch (kind) {
    case 'string':
      return textFor(schema, name)
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1)
    case 'boolean':
      return false
    case 'null':
      return null
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items, name, known)]
    default:
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([property, of]) => [
          property,
          sampleOf(of, property, known),
        ]),
      )
  }
}

let made = 0
function textFor({ format, pattern, minLength = 0, maxLength = 1e6 }: JsonSchema, name: string): string {
  if (format === 'date-time') return new Date(Date.now() + 86_400_000).toISOString()
  if (format === 'uri') return 'https://example.com/probe'
  const candidates = [
    `probe-${process.pid}-${++made}`,
    '1.0.0',
    'a'.repeat(64),
    'PROBE_KEY',
    'probe',
    'a'.repeat(Math.min(minLength, 10_000)),
  ]
  const found = candidates.find(
    (text) =>
      text.length >= minLength &&
      text.length <= maxLength &&
      (pattern === undefined || new RegExp(pattern, 'u').test(text)),
  )
  if (found === undefined) throw new Error(`The probe has no text for ${name} like ${pattern}.`)
  return found
}
