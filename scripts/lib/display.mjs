import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { firstLine, startInBackground } from './background.mjs'
import { Stop } from './say.mjs'

const startTimeoutMs = 20_000

/** Whether a window can be shown to somebody. */
export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])

/**
 * An Xauthority file with one cookie that fits every display (Xau.h: FamilyWild, no address, no number), since the
 * display's number is not known before the server has started.
 *
 * @param {Buffer} cookie 16 random bytes
 */
export function wildAuthority(cookie) {
  const name = Buffer.from('MIT-MAGIC-COOKIE-1')
  const length = (/** @type {Buffer} */ bytes) => Buffer.from([bytes.length >> 8, bytes.length & 0xff])
  return Buffer.concat([Buffer.from([0xff, 0xff, 0, 0, 0, 0]), length(name), name, length(cookie), cookie])
}

/**
 * Starts an X server without a screen, on a display number of its own, which only the holder of the cookie may use.
 * (`xvfb-run` does the same, but waits three seconds and leaves the server behind when it is ended.)
 *
 * @param {string} folder private to this start
 */
export async function startXvfb(folder) {
  const authority = join(folder, 'xauthority')
  await writeFile(authority, wildAuthority(randomBytes(16)), { mode: 0o600 })
  const args = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-auth', authority]
  const server = startInBackground('Xvfb', args, { log: join(folder, 'xvfb.log'), extra: 'pipe' })
  const pipe = /** @type {NodeJS.ReadableStream | undefined} */ (server.child.stdio[3])
  const number = await firstLine(pipe, server, startTimeoutMs)
  if (number === undefined) {
    await server.stop()
    throw new Stop(
      'The display without a screen (Xvfb) did not start.',
      `Xvfb ${args.slice(2, -2).join(' ')} :99`,
    )
  }
  return { server, env: { DISPLAY: `:${number}`, XAUTHORITY: authority } }
}
