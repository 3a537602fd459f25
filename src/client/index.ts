import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { isProof } from '../bridge/proof.ts'
import { defaultHome } from '../engine/paths.ts'
import type { AgentScope } from '../shared/agent-scope.ts'
import { readBridgeFile } from './bridge-file.ts'
import { ClientError } from './client-error.ts'
import { exchange, type Asked, type Where } from './exchange.ts'
import { routes, type InputOf, type OperationName, type OutputOf } from './operations.ts'
import { forgetToken, keepToken, readToken } from './token-file.ts'

export { ClientError }
export type { AgentScope, InputOf, OperationName, OutputOf }

export interface ConnectOptions {
  /** What the person calls you, such as "Claude Code". */
  readonly name: string
  /** What you want to be able to do. The person may allow less. */
  readonly scopes?: readonly AgentScope[]
  /** For how long, in days. */
  readonly days?: number
  /** Called where the person has to allow it first: show them this code, which Skillet shows as well. */
  readonly onCode: (code: string) => void
  /** Skillet's folder; by default `SKILLET_HOME`, or where the system keeps such things. */
  readonly home?: string
  /** Where the token is kept; by default in Skillet's folder, from which no skill is ever given a file. */
  readonly tokenFile?: string
  /** `socket` by default. */
  readonly over?: 'socket' | 'http'
  readonly signal?: AbortSignal
}

/** A connection that the person has allowed. */
export interface Skillet {
  /** One of the bridge's operations, by its name. @throws ClientError */
  call<N extends OperationName>(
    name: N,
    input: InputOf<N>,
    options?: { signal?: AbortSignal; idempotencyKey?: string },
  ): Promise<OutputOf<N>>
  /**
   * Asks the person to install a skill and waits until they have. @throws ClientError DENIED, EXPIRED, and why it can't be
   */
  install(
    input: Omit<InputOf<'request_install'>, 'waitS'>,
    options?: { signal?: AbortSignal },
  ): Promise<OutputOf<'request_install'>['request']>
  /** Runs a skill and waits for its end; where the person has to answer first, for that as well. @throws ClientError DENIED, EXPIRED */
  run(
    input: Omit<InputOf<'run_skill'>, 'waitS'>,
    options?: { signal?: AbortSignal },
  ): Promise<NonNullable<OutputOf<'run_skill'>['run']>>
}

const allScopes: readonly AgentScope[] = ['catalog:read', 'skills:request', 'skills:run', 'runs:read']
/** Seconds that one question waits; then it is asked again, for as long as it takes. */
const waitS = 60

/**
 * Finds the Skillet that runs, makes sure that it is the real one, and connects: with the token of an earlier time, or by
 * asking the person. @throws ClientError NOT_RUNNING, UNTRUSTED, DENIED, EXPIRED …
 */
export async function connect(options: ConnectOptions): Promise<Skillet> {
  const home = options.home ?? defaultHome()
  const where = await findSkillet(home, options.over ?? 'socket', options.signal)
  const tokenFile = options.tokenFile ?? join(home, 'access', 'clients', `${fileName(options.name)}.token`)
  let token = await readToken(tokenFile)
  if (token !== null && !(await isGood(where, token, options.signal))) {
    await forgetToken(tokenFile)
    token = null
  }
  if (token === null) {
    token = await pair(where, options)
    await keepToken(tokenFile, token)
  }
  return open(where, token)
}

/** Where Skillet listens. Whoever answers there has to prove that they wrote `bridge.json`, before they learn anything. */
async function findSkillet(home: string, over: 'socket' | 'http', signal?: AbortSignal): Promise<Where> {
  const { url, socket, key } = await readBridgeFile(home)
  const { host, port } = new URL(url)
  const where = over === 'http' ? { port: Number(port) } : { socketPath: socket }
  const challenge = randomBytes(32).toString('base64url')
  const asked: Asked = { method: 'GET', path: `/v1/hello?challenge=${challenge}`, signal }
  const { proof } = (await exchange(where, asked)) as { proof?: unknown }
  if (!isProof(String(proof), key, over === 'http' ? host : socket, challenge))
    throw new ClientError('UNTRUSTED', 'Something else than Skillet answers where Skillet should.', {
      remedy: 'Look into which program it is. Start Skillet again.',
    })
  return where
}

async function isGood(where: Where, token: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await exchange(where, { method: 'GET', path: '/v1/installed', token, signal })
    return true
  } catch (error) {
    // Allowed less than this, but let in.
    if (error instanceof ClientError && error.code === 'FORBIDDEN') return true
    if (error instanceof ClientError && error.status === 401) return false
    throw error
  }
}

async function pair(where: Where, options: ConnectOptions): Promise<string> {
  const { name, scopes = allScopes, days, onCode, signal } = options
  const body = { name, scopes, ...(days === undefined ? {} : { days }) }
  const asked = await exchange(where, { method: 'POST', path: '/v1/pairings', body, signal })
  const { id, secret, code } = asked as { id: string; secret: string; code: string }
  onCode(code)
  for (;;) {
    const path = `/v1/pairings/${encodeURIComponent(id)}/token`
    const answer = await exchange(where, { method: 'POST', path, body: { secret, waitS }, signal })
    const { state, token } = answer as { state: string; token?: string }
    if (state === 'approved' && token !== undefined) return token
    if (state === 'denied') throw new ClientError('DENIED', 'The person did not allow the connection.')
    if (state === 'expired') throw new ClientError('EXPIRED', 'Nobody answered in time.')
  }
}

function open(where: Where, token: string): Skillet {
  const call: Skillet['call'] = async (name, input, options = {}) => {
    const [method, template] = routes[name]
    const rest: Record<string, unknown> = { ...input }
    const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
    const path = template.replaceAll(/\{(\w+)\}/g, (_, member: string) => {
      const value = textOf(rest[member])
      delete rest[member]
      return encodeURIComponent(value)
    })
    const query = new URLSearchParams(
      Object.entries(rest).flatMap<[string, string]>(([key, value]) =>
        value === undefined ? [] : [[key, textOf(value)]],
      ),
    ).toString()
    const asked =
      method === 'POST'
        ? { path: `/v1${path}`, body: rest }
        : { path: `/v1${path}${query === '' ? '' : `?${query}`}` }
    return (await exchange(where, { method, token, ...asked, ...options })) as never
  }

  /** Until the person has answered. */
  async function answered(
    id: string,
    title: string,
    options: { signal?: AbortSignal },
  ): Promise<OutputOf<'get_request'>['request']> {
    for (;;) {
      const { request } = await call('get_request', { id, waitS }, options)
      if (request.state === 'denied') throw new ClientError('DENIED', `The person did not allow ${title}.`)
      if (request.state === 'expired')
        throw new ClientError('EXPIRED', `Nobody answered about ${title} in time.`)
      if (request.state !== 'pending') return request
    }
  }

  return {
    call,
    async install(input, options = {}) {
      const { request } = await call('request_install', { ...input, waitS: 0 }, options)
      return request.state === 'done' ? request : answered(request.id, request.title, options)
    },
    async run(input, options = {}) {
      for (;;) {
        const { run, request } = await call('run_skill', { ...input, waitS: 600 }, options)
        if (run !== null) return run
        await answered(request!.id, request!.title, options)
      }
    },
  }
}

/** A file's name that two agents with different names never share. */
function fileName(name: string): string {
  return encodeURIComponent(name).replaceAll(/[.*]/g, (sign) => (sign === '.' ? '%2E' : '%2A'))
}
