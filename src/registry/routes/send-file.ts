import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import type { ObjectStore } from '../objects/files.ts'

/** For what never changes under its address. */
export const immutable = 'public, max-age=31536000, immutable'

/** True when whoever asks has this already. */
export function matches(context: Context, etag: string): boolean {
  const known = context.req.header('if-none-match')?.split(',')
  return known?.some((tag) => tag.trim().replace(/^W\//, '') === etag) === true
}

/** Sends a JSON file that is named by its digest; compressed where `FILE.gz` is there and whoever asks takes it. */
export async function sendFile(
  context: Context,
  { file, sha256, cacheControl }: { file: string; sha256: string; cacheControl: string },
): Promise<Response> {
  const takesGzip = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))/.test(
    context.req.header('accept-encoding') ?? '',
  )
  const zipped = takesGzip ? await sizeOf(`${file}.gz`) : null
  const size = zipped ?? (await sizeOf(file))
  if (size === null) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
  const headers = {
    // RFC 9110 §8.8.3: each encoding has a tag of its own.
    etag: `"${sha256}${zipped === null ? '' : '-gzip'}"`,
    'cache-control': cacheControl,
    vary: 'accept-encoding',
  }
  if (matches(context, headers.etag)) return context.body(null, 304, headers)
  const about = {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(size),
    ...(zipped === null ? {} : { 'content-encoding': 'gzip' }),
  }
  // Nobody would read the stream of an answer without a body, and its file would stay open.
  if (context.req.method === 'HEAD') return context.body(null, 200, about)
  const stream = createReadStream(zipped === null ? file : `${file}.gz`)
  return context.body(Readable.toWeb(stream) as ReadableStream, 200, about)
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
  cacheControl: string,
): Promise<Response> {
  const size = await objects.size(sha256)
  if (size === null || size === 0) throw new SkilletError('NOT_FOUND', 'The registry lost this file.')
  const headers = {
    'content-type': 'application/gzip',
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    etag: `"${sha256}"`,
  }
  const range = parseRange(context.req.header('range'), size)
  if (range === 'unsatisfiable') return context.body(null, 416, { 'content-range': `bytes */${size}` })
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const length = { 'content-length': String(end - start + 1) }
  if (context.req.method === 'HEAD') return context.body(null, 200, { ...headers, ...length })
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
