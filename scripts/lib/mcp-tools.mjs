import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { ensureNpmPackages } from './npm-packages.mjs'

/**
 * The Model Context Protocol's conformance suite and inspector, which tests start under Node 24: `SKILLET_MCP_TOOLS`, or
 * what `tools/mcp` names.
 *
 * @param {string} checkout
 * @param {string} cacheFolder
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder that holds their `node_modules`
 */
export async function resolveMcpTools(checkout, cacheFolder, say) {
  const given = process.env['SKILLET_MCP_TOOLS']
  if (given) return given
  const folder = join(cacheFolder, 'mcp')
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(checkout, 'tools/mcp', name), join(folder, name))
  await ensureNpmPackages(folder, { say, scripts: false })
  return folder
}
