import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { AgentId, Placement, ScannedSkill, ScanReport } from '../../shared/contract/agents.ts'
import type { LintReport } from '../../shared/finding.ts'
import { namesIn } from '../install/store.ts'
import type { AgentPlace } from './agent-places.ts'
import type { Adopted } from './adopted.ts'
import { folderDigest, Unreadable } from './folder-digest.ts'

/** How many skills are looked at, and how many names of a folder. */
const limits = { skills: 300, names: 2000 }

interface ScanPorts {
  readonly places: readonly AgentPlace[]
  readonly placements: () => Promise<Placement[]>
  readonly adopted: () => Promise<Adopted[]>
  readonly lint: (folder: string) => Promise<LintReport>
  /** The registry's release that a folder is, byte for byte; and whether it brings a skill.toml that holds. */
  readonly identify: (folder: string) => Promise<Pick<ScannedSkill, 'release' | 'runnable'>>
  /** A name in words that no terminal takes for orders. */
  readonly plain: (text: string) => string
}

interface Candidate {
  readonly path: string
  readonly agents: AgentId[]
}

/** Agents' folders of skills that exist, links followed, each once, with the agents that read them. */
export async function skillFolders(places: readonly AgentPlace[]): Promise<Map<string, AgentId[]>> {
  const folders = new Map<string, AgentId[]>()
  for (const { id, skills } of places) {
    const real = skills === null ? null : await realpath(skills).catch(() => null)
    if (real !== null) folders.set(real, [...(folders.get(real) ?? []), id])
  }
  return folders
}

/**
 * Judges the skills that lie in agents' folders, whoever put them there. Reads only, never through a link that leads out of
 * those folders, and no more of each than a skill has. `onProgress` hears of each before it is looked at.
 */
export async function scanSkills(
  ports: ScanPorts,
  onProgress: (progress: { done: number; of: number; name: string }) => void = () => {},
  signal?: AbortSignal,
): Promise<ScanReport> {
  const { plain } = ports
  const folders = await skillFolders(ports.places)
  const leftOut: string[] = []
  const found = new Map<string, Candidate>()
  const beside: ScannedSkill[] = []
  for (const [folder, agents] of folders) {
    const names = await namesIn(folder).catch(() => [])
    if (names.length > limits.names)
      leftOut.push(`${plain(folder)} has ${names.length} entries; the first ${limits.names} were looked at.`)
    for (const name of names.slice(0, limits.names)) {
      if (name.startsWith('.')) continue
      const at = join(folder, name)
      const info = await lstat(at).catch(() => null)
      if (info === null || !(info.isDirectory() || info.isSymbolicLink())) continue
      const real = await realpath(at).catch(() => null)
      const isLink = info.isSymbolicLink()
      if (isLink && (real === null || !folders.has(dirname(real)))) {
        if (await isOurs(ports, at, folder))
          beside.push({ ...unjudged(at, agents, plain(name), null), origin: 'ours' })
        else
          beside.push(
            unjudged(
              at,
              agents,
              plain(name),
              real === null
                ? 'It is a link that leads nowhere.'
                : `It is a link to ${plain(real)}, outside of agents' folders. To check that folder: skillet lint ${plain(real)}`,
            ),
          )
        continue
      }
      if (real === null) continue
      if (!(await isThere(join(real, 'SKILL.md')))) {
        leftOut.push(`${plain(at)} has no SKILL.md.`)
        continue
      }
      const known = found.get(real)
      found.set(real, { path: real, agents: [...new Set([...(known?.agents ?? []), ...agents])] })
    }
  }
  const candidates = [...found.values()]
  if (candidates.length > limits.skills)
    leftOut.push(`There are ${candidates.length} skills; the first ${limits.skills} were looked at.`)
  const skills: ScannedSkill[] = []
  const looked = candidates.slice(0, limits.skills)
  for (const [done, candidate] of looked.entries()) {
    if (signal?.aborted) break
    onProgress({ done, of: looked.length, name: plain(basename(candidate.path)) })
    skills.push(await judge(ports, candidate))
  }
  return { skills: [...skills, ...beside].sort(byGravity), leftOut }
}

async function judge(ports: ScanPorts, { path, agents }: Candidate): Promise<ScannedSkill> {
  const name = ports.plain(basename(path))
  const [placements, adopted] = await Promise.all([ports.placements(), ports.adopted()])
  const isPlaced = placements.some(
    ({ slug, folder, state }) => state === 'placed' && join(folder, slug) === path,
  )
  const bare = {
    ...unjudged(path, agents, name, null),
    origin: isPlaced ? ('ours' as const) : ('unknown' as const),
  }
  if (isPlaced) return bare
  try {
    // First, since it says when there is too much to read.
    const digest = await folderDigest(path)
    const { release, runnable } = await ports.identify(path)
    // What the registry signed was reviewed there, under its own folder's name.
    const report = release === null ? await ports.lint(path) : null
    const known = adopted.find((one) => one.path === path)
    return {
      ...bare,
      report,
      digest,
      release,
      runnable,
      origin: release === null ? 'unknown' : 'published',
      adopted: known === undefined ? 'no' : known.sha256 === digest ? 'unchanged' : 'changed',
    }
  } catch (error) {
    if (error instanceof Unreadable) return { ...bare, problem: error.message }
    throw error
  }
}

function unjudged(path: string, agents: AgentId[], name: string, problem: string | null): ScannedSkill {
  return {
    path,
    name,
    agents,
    report: null,
    problem,
    origin: 'unknown',
    release: null,
    adopted: 'no',
    digest: null,
    runnable: false,
  }
}

/** A link of ours leads into Skillet's own folder. */
async function isOurs({ placements }: ScanPorts, at: string, folder: string): Promise<boolean> {
  return (await placements()).some(
    (one) =>
      one.how === 'link' && one.folder === folder && join(folder, one.slug) === at && one.state === 'placed',
  )
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isFile() === true
}

const gravity = { fail: 0, unknown: 1, warn: 2, pass: 3, published: 4, ours: 5 }

/** What deserves a look first; by name where two are alike. */
function byGravity(one: ScannedSkill, other: ScannedSkill): number {
  const weigh = ({ report, origin }: ScannedSkill) => gravity[report?.verdict ?? origin]
  return weigh(one) - weigh(other) || one.name.localeCompare(other.name)
}
