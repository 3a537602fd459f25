import { readFile } from 'node:fs/promises'
import { extname, resolve, sep } from 'node:path'
import type { Protocol, Session } from 'electron'
import { APP_HOST, APP_SCHEME } from './app-url.ts'

/** Nothing inline, nothing from elsewhere, no requests, no frames, no forms. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Must run before the app is ready: only then can a scheme get an origin. */
export function registerAppScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
  ])
}

/** Answers `app://skillet/…` with the built window's files. */
export function serveRenderer(session: Session, rendererFolder: string): void {
  session.protocol.handle(APP_SCHEME, (request) => respond(request, rendererFolder))
}

/** One file of the window, with its headers. 404 for anything outside the folder or of an unknown type. */
export async function respond(
  request: { url: string; method: string },
  rendererFolder: string,
): Promise<Response> {
  const file = fileOf(request.url, rendererFolder)
  if (request.method !== 'GET' || file === null) return refusal()
  let content: Uint8Array<ArrayBuffer>
  try {
    content = new Uint8Array(await readFile(file))
  } catch {
    return refusal()
  }
  return new Response(content, {
    headers: {
      'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    },
  })
}

function refusal(): Response {
  return new Response('Not found', {
    status: 404,
    headers: { 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' },
  })
}

/** The file that an address means; null unless it lies in the folder, also after decoding (`%2e%2e%2f`). */
export function fileOf(address: string, rendererFolder: string): string | null {
  try {
    const { protocol: scheme, host, pathname } = new URL(address)
    if (scheme !== `${APP_SCHEME}:` || host !== APP_HOST) return null
    const path = decodeURIComponent(pathname)
    if (path.includes('\0') || path.includes('\\')) return null
    const folder = resolve(rendererFolder)
    const file = resolve(folder, `.${path === '/' ? '/index.html' : path}`)
    return file.startsWith(folder + sep) && contentTypes[extname(file)] !== undefined ? file : null
  } catch {
    return null
  }
}
