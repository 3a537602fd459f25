import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What `npm test` has fetched: `tools/mcp` and `tools/node-24`. */
function toolPath(...path: string[]): { node: string; script: string } {
  const { SKILLET_NODE_24: node, SKILLET_MCP_TOOLS: tools } = process.env
  if (node === undefined || tools === undefined)
    throw new Error('Set SKILLET_NODE_24 and SKILLET_MCP_TOOLS to what `npm test` keeps in its cache folder.')
  return { node, script: join(tools, 'node_modules', '@modelcontextprotocol', ...path) }
}

export interface ToolRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function start(path: string[], args: readonly string[]): Promise<ToolRun> {
  const { node, script } = toolPath(...path)
  try {
    const done = await run(node, [script, ...args], { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 })
    return { code: 0, ...done }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw error
    return { code, stdout: stdout ?? '', stderr: stderr ?? '' }
  }
}

/** The MCP inspector's command line, as somebody who knows nothing of Skillet uses it. */
export function inspect(url: URL | string, token: string, args: readonly string[]): Promise<ToolRun> {
  const header = `Authorization: Bearer ${token}`
  return start(
    ['inspector', 'clients', 'launcher', 'build', 'index.js'],
    ['--cli', String(url), '--transport', 'http', '--header', header, ...args],
  )
}

/** The MCP conformance suite. */
export function conform(args: readonly string[]): Promise<ToolRun> {
  return start(['conformance', 'dist', 'index.js'], args)
}
