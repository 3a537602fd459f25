import { dirname, join } from 'node:path'
import { defaultHome } from '../paths.ts'
import type { AgentPlace } from './agent-places.ts'

/** How another program starts this Skillet. */
export interface OwnCommand {
  readonly command: string
  readonly args: readonly string[]
}

interface Process {
  readonly execPath: string
  readonly versions: NodeJS.ProcessVersions
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}

/**
 * How an agent starts Skillet's MCP server. The installed program takes the words itself; a copy that was built from
 * source is a script for Node. `launcher`: the sandbox's, which lies beside the command line in both.
 */
export function mcpCommand(
  agent: Pick<AgentPlace, 'title'>,
  home: string,
  launcher: string,
  process: Process,
): OwnCommand {
  const isPacked = /[\\/]app\.asar(\.unpacked)?[\\/]/.test(launcher)
  const script = join(dirname(launcher), '..', 'cli', 'index.cjs')
  const [command, words] = isPacked
    ? // An AppImage lies somewhere else each time it is opened.
      [process.env['APPIMAGE'] || process.execPath, []]
    : [process.versions['electron'] === undefined ? process.execPath : 'node', [script]]
  // Agents give the programs that they start an environment of their own.
  const elsewhere = home === defaultHome({}, process.platform) ? [] : ['--home', home]
  return { command, args: [...words, 'mcp', '--name', agent.title, ...elsewhere] }
}
