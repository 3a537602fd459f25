import { createHmac } from 'node:crypto'
import { lookup as resolve, type LookupAddress } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { SkilletError } from '../../shared/errors.ts'
import { isPublicAddress } from '../../trust/public-address.ts'

/** Milliseconds for the whole of a delivery. */
const patienceMs = 5_000
/** Bytes of an answer, which nobody reads. */
const maxAnswerBytes = 64 * 1024

export interface Delivery {
  readonly id: string
  readonly url: string
  readonly event: string
  readonly payload: object
  readonly secret: string
}

/** Where webhooks may point: the public internet over HTTPS; on a developer's computer this computer too. */
export function assertWebhookUrl(text: string, localToo: boolean): URL {
  const refuse = (why: string) =>
    new SkilletError('INPUT_INVALID', `A webhook can't point to ${text}: ${why}`, {
      remedy: 'Use an https:// address that everybody can reach.',
    })
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refuse('it is no address.')
  }
  const { hostname, protocol } = url
  const address = hostname.replace(/^\[|\]$/g, '')
  if (url.username !== '' || url.password !== '') throw refuse('it holds a password.')
  if (localToo && protocol === 'http:' && (address === '127.0.0.1' || address === '::1')) return url
  if (protocol !== 'https:') throw refuse('it is not encrypted.')
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw refuse('it is inside a network.')
  return url
}

/**
 * `t=UNIX SECONDS,v1=HEX`: HMAC-SHA256 over `t.body`, as payment providers sign; whoever receives it refuses what is old,
 * so that a recorded one is worth nothing later.
 */
export function signatureOf(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/**
 * Sends one delivery and answers with the status. Only an address of the public internet is dialled, the very one that
 * was looked at, and nobody is followed elsewhere. @throws SkilletError INPUT_INVALID, REGISTRY_UNREACHABLE
 */
export async function sendDelivery(delivery: Delivery, localToo: boolean, now: number): Promise<number> {
  const url = assertWebhookUrl(delivery.url, localToo)
  const body = JSON.stringify({ id: delivery.id, event: delivery.event, ...delivery.payload })
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'skillet-registry',
      'x-skillet-event': delivery.event,
      'x-skillet-delivery': delivery.id,
      'x-skillet-signature': signatureOf(body, delivery.secret, Math.floor(now / 1000)),
    },
    agent: false,
    lookup: (host, wanted, done) => {
      resolve(host, { ...wanted, all: true }, (error, addresses: LookupAddress[]) => {
        if (error !== null) return done(error, [])
        const inside = addresses.find(({ address }) => !isPublicAddress(address))
        if (inside !== undefined || addresses.length === 0)
          return done(Object.assign(new Error(`${host} is inside a network.`), { code: 'EACCES' }), [])
        if (wanted.all === true) return done(null, addresses)
        done(null, addresses[0]!.address, addresses[0]!.family)
      })
    },
  }
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(new SkilletError('REGISTRY_UNREACHABLE', 'The webhook could not be delivered.', { cause }))
    const sending = request(url, { ...options, signal: AbortSignal.timeout(patienceMs) }, (answer) => {
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxAnswerBytes) answer.destroy()
      })
      answer.on('close', () => resolve(answer.statusCode ?? 0))
      answer.on('error', () => resolve(answer.statusCode ?? 0))
    })
    sending.on('error', fail)
    sending.end(body)
  })
}
