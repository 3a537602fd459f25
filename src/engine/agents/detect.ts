import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** An AI agent on this computer, and the folder where it looks for the user's skills (it may not exist yet). */
export interface FoundAgent {
  name: string
  folder: string
}

interface AgentPlace {
  name: string
  /** Folders of which any one shows that the agent is in use. */
  signs: string[]
  folder: string
}

/** Where agents keep their things, by each project's own documentation, in alphabetical order. */
function placesOf(home: string, env: NodeJS.ProcessEnv): AgentPlace[] {
  const at = (...parts: string[]) => join(home, ...parts)
  const claude = env['CLAUDE_CONFIG_DIR'] || at('.claude')
  const codex = env['CODEX_HOME'] || at('.codex')
  const openCode = join(env['XDG_CONFIG_HOME'] || at('.config'), 'opencode')
  return [
    { name: 'Claude Code', signs: [claude], folder: join(claude, 'skills') },
    { name: 'Codex', signs: [codex], folder: at('.agents', 'skills') },
    { name: 'Cursor', signs: [at('.cursor')], folder: at('.cursor', 'skills') },
    { name: 'Gemini CLI', signs: [at('.gemini')], folder: at('.gemini', 'skills') },
    { name: 'GitHub Copilot', signs: [at('.copilot')], folder: at('.copilot', 'skills') },
    { name: 'OpenClaw', signs: [at('.openclaw')], folder: at('.openclaw', 'skills') },
    { name: 'OpenCode', signs: [openCode], folder: join(openCode, 'skills') },
    {
      name: 'Windsurf',
      signs: [at('.codeium', 'windsurf')],
      folder: at('.codeium', 'windsurf', 'skills'),
    },
    { name: 'Shared by several agents', signs: [at('.agents')], folder: at('.agents', 'skills') },
  ]
}

/** Which agents are in use on this computer, by the folders that they leave. Reads nothing inside them. */
export async function detectAgents(
  homeDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundAgent[]> {
  const found: FoundAgent[] = []
  for (const { name, signs, folder } of placesOf(homeDir, env)) {
    const present = await Promise.all(signs.map(isFolder))
    if (present.includes(true)) found.push({ name, folder })
  }
  return found
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // Missing, or not ours to look at: either way nothing of this user's agents is there.
    return false
  }
}
