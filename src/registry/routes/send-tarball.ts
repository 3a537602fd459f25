import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import type { ObjectStore } from '../objects/files.ts'

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
