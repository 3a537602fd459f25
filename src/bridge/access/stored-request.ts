import { z } from 'zod'
import { agentRequestSchema, type AgentRequest } from '../../shared/agent-access.ts'
import { agentNameSchema } from '../../shared/agent-name.ts'
import { sha256Schema } from '../../shared/identifiers.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Until then the person can answer. Most can wait for tomorrow; whoever wants a run sits there. */
export const answerMs = { install: 24 * hourMs, run: hourMs, share: 24 * hourMs, publish: 24 * hourMs }
/** So long a run that was allowed may be started, a token be fetched, a submission be under way. */
export const startMs = { run: 10 * minuteMs, share: 24 * hourMs, publish: 15 * minuteMs }
/** So long a no stands without the person being asked the same again. */
const denialMs = { install: 24 * hourMs, run: 10 * minuteMs, share: 24 * hourMs, publish: 24 * hourMs }
/** So long it is told how one ended. */
const rememberMs = 24 * hourMs

/** A file or folder that a run would get: which one it was when it was asked for (`sandbox/identity.ts`). */
const givenPathSchema = z.object({
  input: z.string(),
  kind: z.enum(['file', 'folder']),
  /** Its absolute path with links resolved. */
  source: z.string(),
  identity: z.string(),
})
export type GivenPath = z.output<typeof givenPathSchema>

const storedSchema = agentRequestSchema
  .extend({
    agentId: z.string(),
    agentName: agentNameSchema,
    idempotencyKey: z.string().nullable(),
    paths: z.array(givenPathSchema),
    /** Of a share: the bundle's number at the registry. */
    bundleId: z.string().nullable().default(null),
    /** Of a publish: stands for every byte that would be submitted (`engine/publish/skill-snapshot.ts`). */
    digest: sha256Schema.nullable().default(null),
  })
  .strict()
export type StoredRequest = z.output<typeof storedSchema>

export const requestsFileSchema = z.strictObject({
  schema: z.literal(1),
  requests: z.array(storedSchema),
  /** Folders from which an agent may give files to a skill without asking each time. */
  folders: z.array(z.strictObject({ agentId: z.string(), slug: z.string(), folder: z.string() })),
})
export type RequestsFile = z.output<typeof requestsFileSchema>

/** What is wanted, before anybody has given it a number. */
export type Wish = Pick<
  StoredRequest,
  | 'kind'
  | 'slug'
  | 'version'
  | 'title'
  | 'inputs'
  | 'reason'
  | 'paths'
  | 'days'
  | 'folder'
  | 'bundleId'
  | 'digest'
>
/** What most wishes have nothing of. */
export const plainWish = { inputs: {}, paths: [], days: null, folder: null, bundleId: null, digest: null }

export function isSameWish(one: Wish, other: Wish): boolean {
  return keyOf(one) === keyOf(other)
}

/** With the files themselves: another one in the same place is another wish. For how long a bundle is shared is up to the person. */
function keyOf({ kind, slug, version, inputs, paths, bundleId, digest }: Wish): string {
  const byName = Object.keys(inputs)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => [name, inputs[name]])
  return JSON.stringify([kind, slug, version, byName, paths, bundleId, digest])
}

/** As things stand at `time`: what nobody answered or used in time has expired, what ended long ago is forgotten. */
export function atTime(content: RequestsFile, time: number): RequestsFile {
  const requests = content.requests.map((one) =>
    (one.state === 'pending' || one.state === 'approved') && time >= Date.parse(one.expiresAt)
      ? { ...one, state: 'expired' as const, answeredAt: one.expiresAt }
      : one,
  )
  return {
    ...content,
    requests: requests.filter(
      ({ answeredAt, state }) =>
        state === 'approved' || answeredAt === null || time < Date.parse(answeredAt) + rememberMs,
    ),
  }
}

/** Whether it is what somebody gets who wants the same again: it waits, or was refused a short time ago. */
export function standsFor(one: StoredRequest, wish: Wish, time: number): boolean {
  if (!isSameWish(one, wish)) return false
  if (one.state !== 'denied') return one.state === 'pending'
  return one.answeredAt !== null && time < Date.parse(one.answeredAt) + denialMs[one.kind]
}

/** What leaves: nothing of other agents, nothing of keys. */
export function shownRequest({
  agentId: _agent,
  agentName: _name,
  idempotencyKey: _key,
  paths: _paths,
  bundleId: _bundle,
  digest: _digest,
  ...request
}: StoredRequest): AgentRequest {
  return request
}
