import { stat } from 'node:fs/promises'
import { agentPlaces, type AgentPlace } from './agent-places.ts'

/** An AI agent on this computer, and the folder where it looks for the user's skills (it may not exist yet). */
export interface FoundAgent {
  name: string
  folder: string
}

/** Which agents that read skills are in use on this computer, by the folders that they leave. Reads nothing inside them. */
export async function detectAgents(
  homeDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundAgent[]> {
  const places = agentPlaces({ home: homeDir, env, platform: process.platform })
  const found = await Promise.all(places.map(isInUse))
  return places.flatMap(({ title, skills }, index) =>
    found[index] && skills !== null ? [{ name: title, folder: skills }] : [],
  )
}

/** Whether one of an agent's folders is there. */
export async function isInUse({ signs }: AgentPlace): Promise<boolean> {
  return (await Promise.all(signs.map(isFolder))).includes(true)
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // Missing, or not ours to look at: either way nothing of this user's agents is there.
    return false
  }
}
