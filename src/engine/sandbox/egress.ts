import { lookup } from 'node:dns/promises'
import { connect, isIP, type Server, type Socket } from 'node:net'
import { isPublicAddress } from '../../trust/public-address.ts'
import type { Broker, BrokeredConnection } from './broker/broker.ts'
import { directHost } from './direct-hosts.ts'
import { createWayBack, forward } from './forward.ts'
import type { GuardedKey } from './key-guard.ts'
import { readDirect, readRequest, type ProxyRequest } from './proxy-request.ts'
import type { Relay } from './relay.ts'

const LOOKUP_TIMEOUT_MS = 5000
const CONNECT_TIMEOUT_MS = 10_000
const IDLE_TIMEOUT_MS = 60_000
const MAX_CONNECTIONS = 64

export interface EgressRules {
  /** Exact hosts, `name` (ports 80 and 443) or `name:port`. `[]` refuses everything. */
  readonly hosts: readonly string[]
  readonly maxRequests: number
  /** Bytes that may still leave; the connection that exceeds them is cut. */
  readonly maxBytesOut: number
  /** Keys that the run holds, by name; none by default. */
  readonly keys?: Readonly<Record<string, GuardedKey>>
  /** Puts keys in on the way, for the hosts that it covers. */
  readonly broker?: Broker
}

/** How names become connections. The default asks the system and accepts public addresses only. */
export interface Dialer {
  resolve(host: string): Promise<string[]>
  isAllowedAddress(address: string): boolean
  /** Where a vetted address is really reached: there, unless a test bends the last hop. */
  route(address: string, port: number): { host: string; port: number }
  /** In place of the authorities that this computer trusts, where a key is added on the way; PEM. */
  readonly roots?: string
}

export const systemDialer: Dialer = {
  resolve: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  isAllowedAddress: isPublicAddress,
  route: (address, port) => ({ host: address, port }),
}

export interface EgressLog {
  /** `host:port` that were reached, in order of first contact. */
  readonly contacted: Set<string>
  onRefused(host: string, why: string): void
  requests: number
  bytesOut: number
  bytesIn: number
}

/**
 * The only way out of a sandbox: an HTTP CONNECT, plain HTTP and SOCKS5 proxy on a socket inside it, or, where
 * `directPort` is the approved hosts' own, a stand-in for these themselves.
 * The name is judged before it is resolved, since a lookup alone can carry data out; it is resolved once and the
 * vetted address is dialled, so that a second answer can't redirect it; a TLS handshake must ask for the same name.
 */
export function serveEgress(
  server: Server,
  rules: EgressRules,
  log: EgressLog,
  dialer: Dialer,
  relay: Relay,
  directPort: number | null = null,
): () => void {
  const open = new Set<Socket>()
  let closed = false
  // Descriptors are the whole engine's: one skill must not use them up.
  server.maxConnections = MAX_CONNECTIONS
  // Whoever has said all that it has to say still wants the answer.
  Object.assign(server, { allowHalfOpen: true })
  server.on('error', () => server.close())
  const track = (socket: Socket) => {
    open.add(socket)
    if (closed) socket.destroy()
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy())
    // A broken connection is the skill's to notice; there is nothing here to report.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    return socket
  }

  const read = (client: Socket): Promise<ProxyRequest | null> => {
    if (directPort === null) return readRequest(client)
    const host = directHost(rules.hosts, client.localAddress ?? '')
    return host === null ? Promise.resolve(null) : readDirect(client, host, directPort)
  }

  const serve = async (client: Socket) => {
    const request = await read(client)
    if (!request || closed) return void client.destroy()
    const { host, port } = request
    const refusal = judge(host, port, rules, log)
    if (refusal) {
      log.onRefused(`${host}:${port}`, refusal)
      return request.refuse(403, refusal)
    }
    log.requests++
    const { address, problem } = await vettedAddress(host, dialer)
    // The run may have ended while the name was looked up: nothing leaves after that.
    if (closed || client.destroyed) return void client.destroy()
    if (address === undefined) {
      log.onRefused(`${host}:${port}`, problem)
      return request.refuse(502, problem)
    }
    const dial = async (options: object = {}) => {
      const socket = track(connect({ ...dialer.route(address, port), ...options, allowHalfOpen: true }))
      // Nothing is read from it before there is somewhere to put it.
      socket.pause()
      return (await connected(socket)) ? socket : null
    }
    const isBrokered = request.tunnel && rules.broker?.covers(nameOf(host), port) === true
    const back = createWayBack(client, log, relay)
    // A site that has said all that it has to say may still want to hear more.
    const upstream = await dial(isBrokered ? {} : { onread: back.onread })
    if (upstream === null) return request.refuse(504, 'the site did not answer')
    log.contacted.add(`${nameOf(host)}:${port}`)
    const first = await request.accept()
    if (!isBrokered) return forward(client, upstream, first, request, back, rules, log)
    rules.broker!.serve(brokered({ client, first, host: nameOf(host), port, upstream, dial }, rules, log))
  }

  server.on('connection', (client: Socket) => {
    track(client)
    serve(client).catch(() => client.destroy())
  })
  return () => {
    closed = true
    server.close()
    for (const socket of open) socket.destroy()
  }
}

/** What the broker needs of a connection; `upstream` is the first that `dial` gives. */
function brokered(
  {
    upstream,
    dial,
    ...connection
  }: Pick<BrokeredConnection, 'client' | 'first' | 'host' | 'port'> & {
    upstream: Socket
    dial: () => Promise<Socket | null>
  },
  rules: EgressRules,
  log: EgressLog,
): BrokeredConnection {
  const refused = (why: string) => log.onRefused(`${connection.host}:${connection.port}`, why)
  let next: Socket | null = upstream
  connection.client.once('close', () => upstream.destroy())
  return {
    ...connection,
    async dial() {
      const socket = next !== null && !next.destroyed ? next : await dial()
      next = null
      if (socket === null) throw new Error('the site did not answer')
      return socket
    },
    sent(bytes) {
      log.bytesOut += bytes
      if (log.bytesOut <= rules.maxBytesOut) return true
      refused('It has sent as much as it may today.')
      return false
    },
    received: (bytes) => void (log.bytesIn += bytes),
    refused,
  }
}

function judge(host: string, port: number, rules: EgressRules, log: EgressLog): string | null {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return 'It named an address instead of a site.'
  if (!isListed(rules.hosts, host, port)) return 'You never allowed it; nothing was sent.'
  if (log.requests >= rules.maxRequests) return `It has used up its ${rules.maxRequests} connections.`
  if (log.bytesOut >= rules.maxBytesOut) return 'It has sent as much as it may today.'
  return null
}

/** Host names compare without case and without a trailing dot (RFC 4343, RFC 1034 §3.1). */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

/** Whether a host is among those that were approved, with that port. */
export function isListed(hosts: readonly string[], host: string, port: number): boolean {
  const name = nameOf(host)
  return hosts.includes(`${name}:${port}`) || ((port === 443 || port === 80) && hosts.includes(name))
}

async function vettedAddress(
  host: string,
  dialer: Dialer,
): Promise<{ address: string; problem?: never } | { address?: never; problem: string }> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, LOOKUP_TIMEOUT_MS, null)
  })
  const lookup = dialer.resolve(host.replace(/\.$/, '')).catch((): string[] => [])
  const addresses = await Promise.race([lookup, tooLong]).finally(() => clearTimeout(timer))
  if (addresses === null)
    return { problem: `Its address could not be found within ${LOOKUP_TIMEOUT_MS / 1000} seconds.` }
  const [first] = addresses
  if (first === undefined) return { problem: 'Its address could not be found; this computer may be offline.' }
  // One address inside the local network makes the whole answer suspect (DNS rebinding).
  if (!addresses.every((address) => dialer.isAllowedAddress(address)))
    return { problem: 'The name leads into the local network.' }
  return { address: first }
}

function connected(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}
