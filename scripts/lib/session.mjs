import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import { capture } from './command.mjs'
import { startXvfb } from './display.mjs'
import { startKeyring } from './keyring.mjs'

/** Installed skills are read-only folders, which even their owner must open before removing. @param {string} folder */
async function removeFolder(folder) {
  const remove = () => rm(folder, { recursive: true, force: true })
  await remove().catch(async () => {
    await capture('chmod', ['-R', 'u+rwX', folder])
    await remove()
  })
}

/**
 * What a desktop gives a program and a bare machine does not: a display, a keychain.
 *
 * @param {{ display: boolean, keyring: boolean, keyringFolder?: string }} wanted without `keyringFolder` the
 *   keyring is new, and gone afterwards; `folder` is private to the session and goes with it, and so does `tmp` in it
 * @returns {Promise<{ env: NodeJS.ProcessEnv, folder: string, stop: () => Promise<void> }>}
 */
export async function startSession({ display, keyring, keyringFolder }) {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-session-'))
  await mkdir(join(folder, 'tmp'))
  /** @type {Array<() => Promise<void>>} */
  const stops = [() => removeFolder(folder)]
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
