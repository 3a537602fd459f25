import { SkilletError } from '../../shared/errors.ts'
import type { TufSource } from '../../trust/tuf.ts'
import type { Answer } from './exchange.ts'
import { readBody, unreachable, type Connection } from './request.ts'

/** So much of a metadata file is looked at before it is passed on: all of the files that are asked for first. */
const lookedAtBytes = 64 * 1024
/** Bytes a second; whoever sends less for long holds everybody up. */
const slowestRate = 2048

/**
 * A registry's TUF repository over HTTP, for the `TufClient` to judge. What can't be metadata at all, such as the login
 * page of a hotel's network, is neither an answer nor an attack: REGISTRY_UNREACHABLE. `closing` ends all requests.
 */
export function createTufSource(connection: Connection, closing?: AbortSignal): TufSource {
  return {
    async open(kind, name) {
      const path = kind === 'metadata' ? metadataPath(name) : targetPath(name)
      if (path === null) return null
      let response: Answer
      try {
        response = await connection.send(`/tuf/${path}`, {
          signal: closing,
          // The one file that changes under its name.
          ...(name === 'timestamp.json' ? { headers: { 'cache-control': 'no-cache' } } : {}),
        })
      } catch (error) {
        if (!(error instanceof SkilletError)) throw error
        if (error.code !== 'NOT_FOUND') throw inOwnWords(connection.url, error)
        // Every repository has this one: without it there is none here.
        if (name === 'timestamp.json') throw unreachable(connection.url, error)
        return null
      }
      const body = inTime(connection, readBody(connection, response, closing))
      return kind === 'target' ? body : assertMetadata(connection.url, body)
    },
  }
}

/** Signed lists are for everybody: whoever refuses them, a mirror maybe, has nothing else to say to the person. */
function inOwnWords(url: string, error: SkilletError): SkilletError {
  if (['CANCELLED', 'REGISTRY_UNREACHABLE', 'REGISTRY_REFUSED'].includes(error.code)) return error
  return new SkilletError('REGISTRY_REFUSED', `The registry at ${url} doesn't give out its signed lists.`, {
    cause: error,
  })
}

/** Roles are named in metadata, and are encoded by then; none may lead to another part of the registry. */
function metadataPath(name: string): string | null {
  return /^[\w.~%-]+$/.test(name) && !/^(\.|%2e)*$/i.test(name) ? `metadata/${name}` : null
}

function targetPath(name: string): string | null {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return null
  return `targets/${parts.map(encodeURIComponent).join('/')}`
}

/** A byte now and then is no stall; nobody may keep an install waiting that way. */
async function* inTime(
  { url, stallTimeoutMs }: Connection,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const started = performance.now()
  let size = 0
  for await (const part of body) {
    size += part.byteLength
    if (performance.now() - started > 2 * stallTimeoutMs + (size / slowestRate) * 1000) throw unreachable(url)
    yield part
  }
}

/** Looks at the beginning, then gives the same bytes on. */
async function assertMetadata(
  url: string,
  body: AsyncGenerator<Uint8Array, void>,
): Promise<AsyncIterable<Uint8Array>> {
  const parts: Uint8Array[] = []
  let size = 0
  let ended = false
  while (!ended && size < lookedAtBytes) {
    const part = await body.next()
    if (part.done === true) ended = true
    else {
      parts.push(part.value)
      size += part.value.byteLength
    }
  }
  const head = Buffer.concat(parts)
  if (!(ended ? isMetadata(head) : head.toString('latin1').trimStart().startsWith('{'))) {
    await body.return()
    throw new SkilletError(
      'REGISTRY_UNREACHABLE',
      `Something else than the registry answered in place of ${url}.`,
      { remedy: 'If this network asks you to sign in first, do that and try again.' },
    )
  }
  return joined(head, body)
}

/** Whether it claims to be signed metadata; what it is worth is for others to say. */
function isMetadata(bytes: Buffer): boolean {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as { signed?: unknown; signatures?: unknown } | null
    return typeof value?.signed === 'object' && Array.isArray(value.signatures)
  } catch {
    return false
  }
}

async function* joined(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield head
    yield* rest
  } finally {
    await rest.return()
  }
}
