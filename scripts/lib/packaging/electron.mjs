import { dirname } from 'node:path'
import process from 'node:process'

import { fallbackElectronVersion } from '../electron-fallback.mjs'
import { resolveElectron } from '../electron.mjs'
import { resolveRunner } from '../unprivileged.mjs'

/**
 * The Electron to pack: the pinned one. Where it can't be fetched, the older one for development, for packages that only
 * ever serve to test packing.
 *
 * @param {string} checkout
 * @param {(line: string) => void} say
 * @returns {Promise<{ folder: string, version: string }>}
 */
export async function distElectron(checkout, say) {
  const electron = await resolveElectron(checkout, await resolveRunner(checkout, say), say)
  const isFallback =
    electron.source === 'fallback' ||
    (electron.source === 'given' && dirname(electron.path).endsWith('electron-fallback'))
  if (isFallback) say('These packages are for testing only: their Electron is old. Do not hand them out.')
  const version = isFallback ? fallbackElectronVersion : electron.version
  // electron-builder can't name a macOS program anew from the folder that holds it; it fetches its own there.
  return { folder: process.platform === 'darwin' ? '' : dirname(electron.path), version }
}
