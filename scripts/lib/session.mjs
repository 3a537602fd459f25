import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import { startXvfb } from './display.mjs'
import { startKeyring } from './keyring.mjs'

/**
 * What a desktop gives a program and a bare machine does not: a display, a keychain.
 *
 * @param {{ display: boolean, keyring: boolean, keyringFolder?: string }} wanted without `keyringFolder` the
 *   keyring is new, and gone afterwards
 * @returns {Promise<{ env: NodeJS.ProcessEnv, folder: string, stop: () => Promise<void> }>}
 */
export async function startSession({ display, keyring, keyringFolder }) {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-session-'))
  /** @type {Array<() => Promise<void>>} */
  const stops = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  /** @type {NodeJS.ProcessEnv} */
  const env = {}
  if (process.platform !== 'linux') return { env, folder, stop }
  try {
    if (display) {
      const screen = await startXvfb(folder)
      stops.push(screen.server.stop)
      // A private runtime folder also keeps programs from finding a Wayland display that was not meant.
      Object.assign(env, screen.env, { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: '' })
    }
    if (keyring) {
      const keychain = await startKeyring(folder, keyringFolder ?? join(folder, 'keyring-data'))
      stops.push(keychain.stop)
      Object.assign(env, keychain.env)
    }
    return { env, folder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
