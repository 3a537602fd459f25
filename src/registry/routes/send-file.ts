import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { acceptsGzip, hasTag } from '../http/conditions.ts'
import { keep, type Holds } from '../http/ready-answers.ts'
import type { ObjectStore } from '../objects/files.ts'

/** For what never changes under its address. */
export const immutable = 'public, max-age=31536000, immutable'

/** True when whoever asks has this already. */
export function matches(context: Context, etag: string): boolean {
  const known = context.req.header('if-none-match')
  return known !== undefined && hasTag(known, etag)
}

/** Files and objects up to this size are read whole and kept; larger ones are streamed. */
const wholeBytes = 1024 * 1024

/** Answers with these bytes, and lets them be given again while the answer `holds`. */
export function sendKept(
  context: Context,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  holds: Holds,
): Response {
  const about = { ...headers, 'content-length': String(bytes.byteLength) }
  if (context.req.method === 'HEAD') return context.body(null, 200, about)
  return keep(context.body(bytes, 200, about), { body: bytes, holds, route: context.get('route') })
}

/** Sends a JSON file that is named by its digest; compressed where `FILE.gz` is there and whoever asks takes it. */
export async function sendFile(
  context: Context,
  about: { file: string; sha256: string; cacheControl: string; holds: Holds },
): Promise<Response> {
  const { file, sha256, holds } = about
  const zipped = acceptsGzip(context.req.header('accept-encoding')) ? await sizeOf(`${file}.gz`) : null
  const size = zipped ?? (await sizeOf(file))
  if (size === null) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
  const headers = {
    // RFC 9110 §8.8.3: each encoding has a tag of its own.
    etag: `"${sha256}${zipped === null ? '' : '-gzip'}"`,
    'cache-control': about.cacheControl,
    vary: 'accept-encoding',
  }
  const route = context.get('route')
  if (matches(context, headers.etag))
    return keep(context.body(null, 304, headers), { body: null, holds, route })
  const path = zipped === null ? file : `${file}.gz`
  const encoded = zipped === null ? {} : { 'content-encoding': 'gzip' }
  const whole = { ...headers, 'content-type': 'application/json', ...encoded }
  if (size <= wholeBytes) return sendKept(context, new Uint8Array(await readFile(path)), whole, holds)
  const sized = { ...whole, 'content-length': String(size) }
  // Nobody would read the stream of an answer without a body, and its file would stay open.
  if (context.req.method === 'HEAD') return context.body(null, 200, sized)
  return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, sized)
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    (info) => info.size,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    },
  )
}

/** Sends an object, or the part of it that a `Range` header asks for (RFC 9110 §14, one range). */
export async function sendTarball(
  context: Context,
  objects: ObjectStore,
  sha256: string,
  { isPublic }: { isPublic: boolean },
): Promise<Response> {
  const size = await objects.size(sha256)
  if (size === null || size === 0) throw new SkilletError('NOT_FOUND', 'The registry lost this file.')
  const headers = {
    'content-type': 'application/gzip',
    'accept-ranges': 'bytes',
    'cache-control': isPublic ? immutable : immutable.replace('public', 'private'),
    etag: `"${sha256}"`,
  }
  const range = parseRange(context.req.header('range'), size)
  if (range === 'unsatisfiable') return context.body(null, 416, { 'content-range': `bytes */${size}` })
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const length = { 'content-length': String(end - start + 1) }
  if (context.req.method === 'HEAD') return context.body(null, 200, { ...headers, ...length })
  if (range === null && size <= wholeBytes) {
    const bytes = new Uint8Array(await buffer(objects.stream(sha256, start, end)))
    // What a damaged disk says isn't kept, and what not everybody may have is for whoever asks with a key.
    return isPublic && sha256Hex(bytes) === sha256
      ? sendKept(context, bytes, headers, 'standing')
      : context.body(bytes, 200, { ...headers, ...length })
  }
  const body = Readable.toWeb(objects.stream(sha256, start, end)) as ReadableStream
  return range === null
    ? context.body(body, 200, { ...headers, ...length })
    : context.body(body, 206, { ...headers, ...length, 'content-range': `bytes ${start}-${end}/${size}` })
}

/** `null`: no range, or one that a server may ignore. Both ends are included. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return null
  if (match[1] === '') {
    const last = Number(match[2])
    return last === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size - 1 }
  }
  const start = Number(match[1])
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (start >= size) return 'unsatisfiable'
  return end < start ? null : { start, end }
}
