import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { SkilletError } from '../shared/errors.ts'
import type { AddEndpoint } from './http/endpoint.ts'
import { acceptsGzip } from './http/conditions.ts'
import { immutable, matches, sendKept } from './routes/send-file.ts'

/** One file of the console, as it is sent. */
interface ConsoleFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Null for what is compressed in itself, as fonts are. */
  readonly gzipped: Uint8Array<ArrayBuffer> | null
  readonly type: string
  readonly etag: string
}

/** The built console: paths below `/console/` → files. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/** What the page may do: load what is its own, and talk to the registry that it came from. */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text can't become a script by way of any of the browser's old doors.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/**
 * Reads the built console into memory, once: what is asked for is looked up by its name, and no path from outside
 * reaches the disk. Null where there is no folder. Throws STORE_DAMAGED for a folder without a page.
 */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  if (entries === null) return null
  const files = new Map<string, ConsoleFile>()
  for (const entry of entries) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = new Uint8Array(await readFile(path))
    const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`
    const gzipped = type.startsWith('font/')
      ? null
      : new Uint8Array(await promisify(gzip)(bytes, { level: 9 }))
    files.set(relative(folder, path).split(sep).join('/'), { bytes, gzipped, type, etag })
  }
  if (!files.has('index.html'))
    throw new SkilletError('STORE_DAMAGED', `There is no console in ${folder}.`, { remedy: 'Build it anew.' })
  return files
}

/** Serves the console below `/console/`. */
export function addConsoleFiles(add: AddEndpoint, files: ConsoleFiles | null): void {
  const serve = (name: string, headers: Record<string, string>, context: Parameters<typeof matches>[0]) => {
    const file = files?.get(name)
    if (file === undefined)
      throw new SkilletError(
        'NOT_FOUND',
        files === null ? 'This registry runs without its console.' : 'The console has no such file.',
      )
    const zipped = acceptsGzip(context.req.header('accept-encoding')) ? file.gzipped : null
    const etag = zipped === null ? file.etag : file.etag.replace(/"$/, '-gzip"')
    const about = { ...headers, etag, vary: 'accept-encoding' }
    if (matches(context, etag)) return context.body(null, 304, about)
    const encoded = zipped === null ? {} : { 'content-encoding': 'gzip' }
    return sendKept(
      context,
      zipped ?? file.bytes,
      { ...about, ...encoded, 'content-type': file.type },
      'always',
    )
  }
  add(
    {
      method: 'get',
      path: '/console',
      tag: 'Console',
      summary: 'Leads to the console.',
      access: 'public',
      produces: 'text/html',
    },
    async ({ context }) => context.redirect('/console/'),
  )
  add(
    {
      method: 'get',
      path: '/console/',
      tag: 'Console',
      summary: 'The console, for people.',
      access: 'public',
      produces: 'text/html',
    },
    async ({ context }) => serve('index.html', { 'cache-control': 'no-cache' }, context),
  )
  add(
    {
      method: 'get',
      path: '/console/assets/:file',
      tag: 'Console',
      summary: 'What the console is made of; each file is named by its content.',
      access: 'public',
      produces: 'application/octet-stream',
    },
    async ({ context }) =>
      serve(`assets/${context.req.param('file') ?? ''}`, { 'cache-control': immutable }, context),
  )
}
