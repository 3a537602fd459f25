import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { capture, lastLines, npmCommand } from './command.mjs'
import { Stop } from './say.mjs'
import { self } from './unprivileged.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} Lockfile
 */

/**
 * Whether what npm says it installed (`node_modules/.package-lock.json`, written when an install ends well) is
 * what the lockfile asks for. Packages for other platforms are optional and may be missing.
 *
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 */
export function isInstalled(wanted, installed) {
  const have = installed.packages ?? {}
  const want = wanted.packages ?? {}
  const complete = Object.entries(want).every(([path, entry]) => {
    if (path === '') return true
    const found = have[path]
    if (!found) return Boolean(entry.optional ?? entry.devOptional)
    return found.version === entry.version && found.integrity === entry.integrity
  })
  return complete && Object.keys(have).every((path) => path in want)
}

/**
 * @param {string} path
 * @returns {Promise<Lockfile>}
 */
async function readLockfile(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return {}
  }
}

/**
 * keytar is the one package that is compiled here; npm can skip its script and still end well.
 *
 * @param {string} folder
 */
const hasKeytar = (folder) =>
  !existsSync(join(folder, 'node_modules/keytar')) ||
  existsSync(join(folder, 'node_modules/keytar/build/Release/keytar.node'))

/**
 * Installs a folder's npm packages exactly as its lockfile says, unless they are already there.
 *
 * @param {string} folder
 * @param {object} options
 * @param {(line: string) => void} options.say
 * @param {boolean} [options.scripts] false: no install scripts run
 * @param {import('./unprivileged.mjs').Identity} [options.owner] who writes in the folder
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensureNpmPackages(folder, { say, scripts = true, owner = self }) {
  const wanted = await readLockfile(join(folder, 'package-lock.json'))
  const installed = await readLockfile(join(folder, 'node_modules/.package-lock.json'))
  if (installed.packages && isInstalled(wanted, installed) && hasKeytar(folder)) return false

  const count = Object.keys(wanted.packages ?? {}).length - 1
  say(`npm ci: ${count} packages in the lockfile, those for this computer are fetched`)
  const npm = npmCommand()
  const args = [...npm.args, 'ci', '--no-audit', '--no-fund', ...(scripts ? [] : ['--ignore-scripts'])]
  const [program, rest] = owner.command(npm.program, args)
  const ended = await capture(program, rest, { cwd: folder, env: owner.env })
  if (ended.code !== 0) {
    const cause = ended.stderr.split('\n').filter((line) => line.startsWith('npm error'))
    for (const line of cause.slice(0, 8)) say(line)
    throw new Stop('npm could not install the packages of the lockfile.', `cd ${folder} && npm ci`)
  }
  if (!hasKeytar(folder)) {
    for (const line of lastLines(ended.stderr, 8).split('\n')) say(line)
    throw new Stop(
      'npm did not build keytar, which reaches the operating system’s keychain.',
      `cd ${folder} && npm rebuild keytar${process.platform === 'linux' ? ' (needs build-essential, pkg-config, libsecret-1-dev, python3)' : ''}`,
    )
  }
  return true
}
