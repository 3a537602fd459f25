import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { ensureNpmPackages } from './npm-packages.mjs'
import { Stop } from './say.mjs'

/** @param {string} version */
const isNode24 = (version) => version.startsWith('24.')

/**
 * A Node 24 to run the unit tests under, as the shipped Electron will: this one if it is, `SKILLET_NODE_24`, or
 * the binary that the packages in `tools/node-24` carry.
 *
 * @param {string} checkout
 * @param {string} cacheFolder
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the executable
 */
export async function resolveNode24(checkout, cacheFolder, say) {
  const given = process.env['SKILLET_NODE_24']
  if (given) return given
  if (isNode24(process.versions.node)) return process.execPath

  const source = join(checkout, 'tools/node-24')
  const folder = join(cacheFolder, 'node-24')
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(source, name), join(folder, name))
  await ensureNpmPackages(folder, { say, scripts: false })
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const executable = join(folder, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name)
  if (!existsSync(executable)) {
    throw new Stop(
      `npm has no Node 24 for ${process.platform} on ${process.arch}.`,
      'install Node 24 and name it: SKILLET_NODE_24=/path/to/node npm test',
    )
  }
  return executable
}
