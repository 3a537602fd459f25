import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Access } from '../auth/access.ts'
import type { Caller } from '../auth/caller.ts'
import { parseInput } from './errors.ts'
import type { Limit } from './rate-limits.ts'
import { keep, type Holds } from './ready-answers.ts'
import { parseBody } from './request-body.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The endpoint's path as it was declared, once it is known. */
    route: string
    requestId: string
  }
}

type Shape = z.ZodType | undefined
type Parsed<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

/** One call of the interface: what it takes, who may make it, what it answers. The documentation is made from the same. */
export interface Endpoint<P extends Shape, Q extends Shape, B extends Shape, A extends Shape> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In Hono's form: `/api/bundles/:id`, `/tarballs/:file{[0-9a-f]+\\.tgz}`. */
  readonly path: string
  /** Groups calls in the documentation. */
  readonly tag: string
  readonly summary: string
  readonly access: Access
  /** How often: by default what all calls may, and no limit where anybody may call. */
  readonly limit?: Limit
  readonly params?: P
  readonly query?: Q
  /** JSON of at most 64 KB; an endpoint that takes bytes reads them itself and names their type under `accepts`. */
  readonly body?: B
  readonly accepts?: string
  /** JSON that it answers with, and which nothing but this leaves in; absent where `produces` names another type. */
  readonly answer?: A
  readonly produces?: string
  /** 200 unless something was made (201), nothing is left to say (204), or work goes on (202). */
  readonly status?: 200 | 201 | 202 | 204
  /** For what `answer` says to whoever has no key: how long it may be given again. By default, not at all. */
  readonly holds?: Holds
}

export interface Request<P extends Shape, Q extends Shape, B extends Shape, C extends Caller | null> {
  readonly context: Context
  readonly caller: C
  readonly params: Parsed<P>
  readonly query: Parsed<Q>
  readonly body: Parsed<B>
}

/** Settles who calls and counts the call. */
export interface Door {
  /** @throws SkilletError UNAUTHORIZED, FORBIDDEN, RATE_LIMITED */
  authorise(context: Context, access: Access): Promise<Caller | null>
  /** @throws SkilletError RATE_LIMITED */
  count(context: Context, caller: Caller | null, limit: Limit): Promise<void>
}

export type AnyEndpoint = Endpoint<Shape, Shape, Shape, Shape>

/** Adds an endpoint. Where anybody may call, nobody is looked up. A `Response` is sent as it is. */
export interface AddEndpoint {
  <
    P extends Shape = undefined,
    Q extends Shape = undefined,
    B extends Shape = undefined,
    A extends Shape = undefined,
  >(
    endpoint: Endpoint<P, Q, B, A> & { access: 'public' },
    handle: (request: Request<P, Q, B, null>) => Promise<Response | z.input<NonNullable<A>>>,
  ): void
  <
    P extends Shape = undefined,
    Q extends Shape = undefined,
    B extends Shape = undefined,
    A extends Shape = undefined,
  >(
    endpoint: Endpoint<P, Q, B, A>,
    handle: (request: Request<P, Q, B, Caller>) => Promise<Response | z.input<NonNullable<A>>>,
  ): void
}

/**
 * The only way in which an endpoint gets into the server: who may call is settled first, then what was sent is parsed,
 * then the work is done, and only what `answer` names leaves.
 */
export function createEndpoints(app: Hono, door: Door): { add: AddEndpoint; all: readonly AnyEndpoint[] } {
  const all: AnyEndpoint[] = []
  const add = (
    endpoint: AnyEndpoint,
    handle: (request: Request<Shape, Shape, Shape, Caller>) => Promise<unknown>,
  ): void => {
    all.push(endpoint)
    app.on(endpoint.method.toUpperCase(), endpoint.path, async (context) => {
      context.set('route', endpoint.path)
      const caller = await door.authorise(context, endpoint.access)
      // What anybody may read is for caches to carry; nobody is held off from it.
      const limit = endpoint.limit ?? (endpoint.access === 'public' ? null : 'call')
      if (limit !== null) await door.count(context, caller, limit)
      const answer = await handle({
        context,
        // Null where anybody may call, and the type of such a handler says so.
        caller: caller as Caller,
        params: (endpoint.params && parseInput(endpoint.params, context.req.param())) as never,
        query: (endpoint.query && parseInput(endpoint.query, context.req.query())) as never,
        body: (endpoint.body && (await parseBody(context, endpoint.body))) as never,
      })
      if (answer instanceof Response) return answer
      if (endpoint.status === 204) return context.body(null, 204)
      const status = (endpoint.status ?? 200) as ContentfulStatusCode
      const said = endpoint.answer?.parse(answer) as object
      if (endpoint.holds === undefined) return context.json(said, status)
      const body = new Uint8Array(Buffer.from(JSON.stringify(said)))
      const response = context.body(body, status, { 'content-type': 'application/json' })
      return keep(response, { body, holds: endpoint.holds, route: endpoint.path })
    })
  }
  return { add: add as AddEndpoint, all }
}
