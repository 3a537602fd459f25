import { join } from 'node:path'
import type { agentNames } from '../../shared/managed-policy.ts'
import type { AgentId } from '../../shared/contract/agents.ts'

/** How an agent writes down its MCP servers: the way to its servers in the document, and the form of one. */
export interface ConfigForm {
  readonly syntax: 'json' | 'toml'
  /** Keys that lead to the table of servers. */
  readonly path: readonly [string, ...string[]]
  /** `command`: program and arguments apart. `list`: one list of both (OpenCode). */
  readonly entry: 'command' | 'list'
  /** Said beside the command, such as `type`. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** Where an agent keeps its things, by its project's own documentation. All paths are absolute. */
export interface AgentPlace {
  readonly id: AgentId
  readonly title: string
  /** Folders or files of which any one shows that the agent is in use. */
  readonly signs: readonly string[]
  /** Where it looks for the user's skills; null: nowhere. */
  readonly skills: string | null
  /** Whether all its versions read a skill whose folder is a link to somewhere else. Those that don't get copies. */
  readonly followsLinks: boolean
  /** Null: it has no servers of the user's, or none that could be added without it. The first file that exists counts. */
  readonly config: { readonly files: readonly [string, ...string[]]; readonly form: ConfigForm } | null
  /** The name under which administrators speak of it (`agents.allow`). */
  readonly policyName: (typeof agentNames)[number]
}

const mcpServers = (extra: Record<string, unknown> = {}): ConfigForm => ({
  syntax: 'json',
  path: ['mcpServers'],
  entry: 'command',
  extra,
})

interface Surroundings {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}

/**
 * All agents that are known, in alphabetical order, the shared folder last.
 *
 * Links: Claude Code, OpenCode and Copilot read linked skills. Cursor does not (vercel-labs/skills#105), OpenClaw does
 * since May 2026 only (openclaw#81672), and the shared folder is read by both and by Gemini CLI.
 */
export function agentPlaces({ home, env, platform }: Surroundings): AgentPlace[] {
  const at = (...parts: string[]) => join(home, ...parts)
  const claude = env['CLAUDE_CONFIG_DIR'] || at('.claude')
  const codex = env['CODEX_HOME'] || at('.codex')
  const config = env['XDG_CONFIG_HOME'] || at('.config')
  const openCode = join(config, 'opencode')
  const appData =
    platform === 'darwin'
      ? at('Library', 'Application Support')
      : platform === 'win32'
        ? env['APPDATA'] || at('AppData', 'Roaming')
        : config
  const vsCode = join(appData, 'Code', 'User')
  const windsurf = at('.codeium', 'windsurf')
  return [
    {
      id: 'claude-code',
      title: 'Claude Code',
      signs: [claude],
      skills: join(claude, 'skills'),
      followsLinks: true,
      config: {
        // Moved together with the folder where that is moved.
        files: [env['CLAUDE_CONFIG_DIR'] ? join(claude, '.claude.json') : at('.claude.json')],
        form: mcpServers({ type: 'stdio' }),
      },
      policyName: 'claude-code',
    },
    {
      id: 'claude-desktop',
      title: 'Claude Desktop',
      signs: [join(appData, 'Claude')],
      skills: null,
      followsLinks: false,
      config: { files: [join(appData, 'Claude', 'claude_desktop_config.json')], form: mcpServers() },
      policyName: 'claude-code',
    },
    {
      id: 'codex',
      title: 'Codex',
      signs: [codex],
      skills: at('.agents', 'skills'),
      followsLinks: false,
      config: {
        files: [join(codex, 'config.toml')],
        form: { syntax: 'toml', path: ['mcp_servers'], entry: 'command', extra: {} },
      },
      policyName: 'codex',
    },
    {
      id: 'cursor',
      title: 'Cursor',
      signs: [at('.cursor')],
      skills: at('.cursor', 'skills'),
      followsLinks: false,
      config: { files: [at('.cursor', 'mcp.json')], form: mcpServers() },
      policyName: 'cursor',
    },
    {
      id: 'gemini-cli',
      title: 'Gemini CLI',
      signs: [at('.gemini')],
      skills: at('.gemini', 'skills'),
      followsLinks: false,
      config: { files: [at('.gemini', 'settings.json')], form: mcpServers() },
      policyName: 'gemini-cli',
    },
    {
      id: 'github-copilot',
      title: 'GitHub Copilot',
      signs: [at('.copilot')],
      skills: at('.copilot', 'skills'),
      followsLinks: true,
      config: {
        files: [at('.copilot', 'mcp-config.json')],
        form: mcpServers({ type: 'local', tools: ['*'] }),
      },
      policyName: 'github-copilot',
    },
    {
      id: 'openclaw',
      title: 'OpenClaw',
      signs: [at('.openclaw')],
      skills: at('.openclaw', 'skills'),
      followsLinks: false,
      config: {
        files: [at('.openclaw', 'openclaw.json')],
        form: { syntax: 'json', path: ['mcp', 'servers'], entry: 'command', extra: {} },
      },
      policyName: 'openclaw',
    },
    {
      id: 'opencode',
      title: 'OpenCode',
      signs: [openCode],
      skills: join(openCode, 'skills'),
      followsLinks: true,
      config: {
        files: [join(openCode, 'opencode.json'), join(openCode, 'opencode.jsonc')],
        form: { syntax: 'json', path: ['mcp'], entry: 'list', extra: { type: 'local', enabled: true } },
      },
      policyName: 'opencode',
    },
    {
      id: 'vs-code',
      title: 'VS Code',
      signs: [vsCode],
      skills: null,
      followsLinks: false,
      config: {
        files: [join(vsCode, 'mcp.json')],
        form: { syntax: 'json', path: ['servers'], entry: 'command', extra: { type: 'stdio' } },
      },
      policyName: 'github-copilot',
    },
    {
      id: 'windsurf',
      title: 'Windsurf',
      signs: [windsurf],
      skills: join(windsurf, 'skills'),
      followsLinks: false,
      config: { files: [join(windsurf, 'mcp_config.json')], form: mcpServers() },
      policyName: 'windsurf',
    },
    {
      id: 'shared',
      title: 'Shared by several agents',
      signs: [at('.agents')],
      skills: at('.agents', 'skills'),
      followsLinks: false,
      config: null,
      policyName: 'shared',
    },
  ]
}
