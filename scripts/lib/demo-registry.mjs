import { mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import { firstLine, startInBackground } from './background.mjs'
import { lastLines } from './command.mjs'
import { Stop } from './say.mjs'

const startTimeoutMs = 120_000

/** @typedef {{ url: string, trustRoot: string, databaseUrl: string, adminKey: string, demoKey: string }} RegistryAddress */

/**
 * The platform's folder for a user's data.
 *
 * @param {NodeJS.ProcessEnv} [env] @param {string} [home] @param {NodeJS.Platform} [platform]
 */
export function userDataFolder(env = process.env, home = homedir(), platform = process.platform) {
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData/Local')
  if (platform === 'darwin') return join(home, 'Library/Application Support')
  return env['XDG_DATA_HOME'] || join(home, '.local/share')
}

/** @param {string} line @returns {RegistryAddress | undefined} */
export function parseAddress(line) {
  try {
    const address = JSON.parse(line)
    return ['url', 'trustRoot', 'demoKey'].every((key) => typeof address[key] === 'string')
      ? address
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Starts the demo registry as a process of its own and waits until it answers.
 *
 * @param {string} folder where the command line was built
 * @param {string} log the file for what it has to say
 */
export async function startDemoRegistry(folder, log) {
  const data = join(userDataFolder(), 'skillet-dev/demo-registry')
  await mkdir(data, { recursive: true })
  const args = ['out/cli/index.cjs', 'registry', 'start', '--demo', '--port', '0', '--json', '--data', data]
  const registry = startInBackground(process.execPath, args, { cwd: folder, log })
  const line = await firstLine(registry.child.stdout, registry, startTimeoutMs)
  const address = parseAddress(line ?? '')
  if (!address) {
    await registry.stop()
    console.error(lastLines(await readFile(log, 'utf8').catch(() => ''), 20))
    throw new Stop(
      'The demo registry did not start.',
      `read ${log}, then: cd ${folder} && node ${args.join(' ')}`,
    )
  }
  return { registry, address }
}
