import { randomUUID } from 'node:crypto'
import { mkdir, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentId, Placement, PlacePlan } from '../../shared/contract/agents.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import type { Release } from '../../shared/release.ts'
import { statIfThere, toDiskError } from '../disk.ts'
import { exclusively } from '../install/exclusive.ts'
import { namesIn, type InstallRecord, type StorePorts } from '../install/store.ts'
import { toWithdrawnError } from '../trust/revoked.ts'
import { agentPlaces, type AgentPlace } from './agent-places.ts'
import { followRecord, stateOf, viewOf } from './follow.ts'
import { readPlaces, writePlaces, type Place } from './placements.ts'
import { isShown } from './view.ts'

export interface PlacePorts extends StorePorts {
  /** The user's home folder. */
  readonly userHome: string
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** Every byte of an installed skill, its signature and that nobody has withdrawn it. */
  readonly assertIntact: (slug: string) => Promise<Release>
  readonly managed: () => Promise<ManagedPolicy | null>
}

interface Wanted {
  readonly folder: string
  readonly agents: AgentId[]
  readonly how: 'link' | 'copy'
}

/** Puts installed skills where agents find them, and takes them away again. */
export function createPlacing(ports: PlacePorts) {
  const { store, journal } = ports
  const { paths } = store
  const places = agentPlaces({ home: ports.userHome, env: ports.env, platform: ports.platform })

  /** Folders of skills, each once: several agents may read the same one, also by a link. */
  async function foldersOf(agents: readonly AgentId[]): Promise<Wanted[]> {
    const found = new Map<string, AgentPlace[]>()
    for (const place of places.filter(({ id, skills }) => agents.includes(id) && skills !== null)) {
      const folder = await realOf(place.skills!)
      found.set(folder, [...(found.get(folder) ?? []), place])
    }
    return [...found].map(([folder, readers]) => ({
      folder,
      agents: readers.map(({ id }) => id),
      how: readers.every(({ followsLinks }) => followsLinks) ? 'link' : 'copy',
    }))
  }

  async function assertAllowed(agents: readonly AgentId[]): Promise<void> {
    const policy = await ports.managed()
    for (const { id, title, policyName, skills } of places.filter((one) => agents.includes(one.id))) {
      if (!isAgentAllowed(policyName, policy))
        throw new SkilletError(
          'POLICY_DENIED',
          `Your administrator hasn't allowed giving skills to ${title}.`,
        )
      if (skills === null)
        throw new SkilletError('INPUT_INVALID', `${title} reads no folder of skills.`, {
          remedy: `Connect it instead: skillet agents connect ${id}`,
        })
    }
  }

  async function planWith(slug: string, wanted: readonly Wanted[]): Promise<PlacePlan['places']> {
    const own = await readPlaces(paths, slug)
    return Promise.all(
      wanted.map(async ({ folder, agents, how }) => {
        const mine = own.find((one) => one.folder === folder && !one.leaving)
        const state = mine && (await stateOf(store, slug, mine, null))
        const isMine = state === 'placed' || state === 'edited' || state === 'outdated'
        return {
          folder,
          agents,
          how: mine?.how ?? how,
          done: isMine,
          taken: isMine ? null : await kindOf(join(folder, slug)),
        }
      }),
    )
  }

  async function plan(slug: string, agents: readonly AgentId[]): Promise<PlacePlan> {
    await assertAllowed(agents)
    const release = await ports.assertIntact(slug)
    const record = await store.require(slug)
    const shown = (await viewOf(store, record)).map(({ path }) => path)
    return {
      slug,
      version: record.version,
      shown,
      kept: release.files
        .filter((file) => !shown.includes(file.path) || !isShown(file, release))
        .map(({ path }) => path),
      places: await planWith(slug, await foldersOf(agents)),
    }
  }

  return {
    /**
     * What placing would do; writes nothing.
     * @throws SkilletError NOT_INSTALLED, POLICY_DENIED, INTEGRITY_BROKEN, REVOKED, PERMISSION_DENIED …
     */
    plan,

    /**
     * Puts a skill where these agents find it; all or nothing. `PLACE_TAKEN` where something else bears its name.
     * @throws SkilletError what `plan` throws, PLACE_TAKEN, NOT_WRITABLE, BUSY
     */
    async place(slug: string, agents: readonly AgentId[]): Promise<void> {
      assertFree(slug, (await plan(slug, agents)).places)
      await exclusively(ports, slug, async () => {
        const record = await inForce(slug)
        for (const { skills } of places.filter(({ id }) => agents.includes(id)))
          await mkdir(skills!, { recursive: true }).catch((error: unknown) => {
            throw outside(error, skills!)
          })
        const wanted = await foldersOf(agents)
        assertFree(slug, await planWith(slug, wanted))
        const before = await readPlaces(paths, slug)
        const next = merged(before, wanted)
        await journal.append('agents.placed', slug, `Gave ${slug} ${record.version} to ${namesOf(agents)}.`, {
          version: record.version,
          folders: wanted.map(({ folder }) => folder),
        })
        await writePlaces(paths, slug, next)
        const [problem] = await followRecord(store, slug, record)
        if (problem === undefined) return
        const isNew = ({ id }: Place) => !before.some((one) => one.id === id)
        await writePlaces(
          paths,
          slug,
          (await readPlaces(paths, slug)).map((one) => (isNew(one) ? { ...one, leaving: true } : one)),
        )
        await followRecord(store, slug, record)
        throw problem
      })
    },

    /** Takes it away from these agents; what somebody has changed there stays. @throws SkilletError NOT_INSTALLED, BUSY … */
    async unplace(slug: string, agents: readonly AgentId[]): Promise<void> {
      await exclusively(ports, slug, async () => {
        const record = await store.require(slug)
        const folders = (await foldersOf(agents)).map(({ folder }) => folder)
        const before = await readPlaces(paths, slug)
        const isMeant = ({ folder, agents: readers }: Place) =>
          folders.includes(folder) || readers.every((id) => agents.includes(id))
        if (!before.some(isMeant)) return
        await journal.append('agents.unplaced', slug, `Took ${slug} away from ${namesOf(agents)}.`)
        await writePlaces(
          paths,
          slug,
          before.map((one) => (isMeant(one) ? { ...one, leaving: true } : one)),
        )
        const [problem] = await followRecord(store, slug, record)
        if (problem !== undefined) throw problem
      })
    },

    /** Everything that Skillet has put into agents' folders, and how it looks there now. */
    async placements(): Promise<Placement[]> {
      const slugs = (await namesIn(paths.placements)).map((name) => name.slice(0, -'.json'.length))
      const all = await Promise.all(
        slugs
          .filter((slug) => slugSchema.safeParse(slug).success)
          .map(async (slug) =>
            Promise.all(
              (await readPlaces(paths, slug)).map(async (place): Promise<Placement> => {
                const { folder, agents, how } = place
                const state = await stateOf(store, slug, place, null)
                return { slug, folder, agents, how, state: state === 'outdated' ? 'placed' : state }
              }),
            ),
          ),
      )
      return all.flat()
    },

    /** Names in an agent's folder of skills that aren't of `placements`, at most 500. */
    async othersIn(folder: string, placements: readonly Placement[]): Promise<string[]> {
      const real = await realOf(folder)
      const own = placements
        .filter((one) => one.folder === real && one.state !== 'replaced')
        .map(({ slug }) => slug)
      const names = await readdir(real).catch(() => [])
      return names
        .filter((name) => !name.startsWith('.') && !own.includes(name))
        .sort()
        .slice(0, 500)
    },
  }

  async function inForce(slug: string): Promise<InstallRecord> {
    const record = await store.require(slug)
    if (record.withdrawn !== null) throw toWithdrawnError(slug, record.version, record.withdrawn)
    return record
  }

  function namesOf(agents: readonly AgentId[]): string {
    return places.flatMap(({ id, title }) => (agents.includes(id) ? [title] : [])).join(', ')
  }
}

/** Ahead of the first byte, and once more under the lock. */
function assertFree(slug: string, planned: PlacePlan['places']): void {
  const taken = planned.find((one) => one.taken !== null)
  if (taken !== undefined)
    throw new SkilletError('PLACE_TAKEN', `There is something else at ${join(taken.folder, slug)}.`)
}

/** Whether administrators let an agent have skills; where they say nothing, every agent. */
export function isAgentAllowed(name: AgentPlace['policyName'], policy: ManagedPolicy | null): boolean {
  return policy?.agents?.allow.includes(name) ?? true
}

/** One place a folder; the agents that the person has chosen over time are its readers. */
function merged(before: readonly Place[], wanted: readonly Wanted[]): Place[] {
  const kept = before.filter(({ folder, leaving }) => leaving || !wanted.some((one) => one.folder === folder))
  return [
    ...kept,
    ...wanted.map(({ folder, agents, how }): Place => {
      const known = before.find((one) => one.folder === folder && !one.leaving)
      return known === undefined
        ? { id: randomUUID(), folder, agents, how, leaving: false, written: [] }
        : { ...known, agents: [...new Set([...known.agents, ...agents])] }
    }),
  ]
}

/** Where a folder really lies, also one that isn't there yet. */
async function realOf(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder)
}

async function kindOf(path: string): Promise<'folder' | 'link' | 'file' | null> {
  const info = await statIfThere(path)
  if (info === null) return null
  if (info.isSymbolicLink()) return 'link'
  if (!info.isDirectory()) return 'file'
  // An empty folder has nothing that could be lost.
  return (await readdir(path)).length === 0 ? null : 'folder'
}

/** The disk's refusals about folders that aren't Skillet's own. */
function outside(error: unknown, path: string): unknown {
  const known = toDiskError(error)
  return known instanceof SkilletError && known.code === 'NOT_WRITABLE'
    ? new SkilletError('NOT_WRITABLE', `${path} can't be written to.`, {
        remedy: 'Make that folder writable for you, then try again.',
        cause: error,
      })
    : known
}
