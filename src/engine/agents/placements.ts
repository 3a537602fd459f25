import { join } from 'node:path'
import { z } from 'zod'
import { agentIdSchema } from '../../shared/contract/agents.ts'
import { sha256Schema, slugSchema } from '../../shared/identifiers.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import { discard } from '../install/store.ts'
import type { Paths } from '../paths.ts'

/** One folder of agents' in which a skill lies, as `<folder>/<slug>`. */
const placeSchema = z.strictObject({
  /** Also in the marker of a copy: what bears another, or none, isn't ours. */
  id: z.uuid(),
  /** The agents' folder of skills, absolute, links followed when the person chose it. */
  folder: z.string(),
  agents: z.array(agentIdSchema),
  how: z.enum(['link', 'copy']),
  /** On its way out. */
  leaving: z.boolean(),
  /** What a copy consists of, and what a change that was cut short may have made of it: nothing else is ever deleted. */
  written: z.array(z.strictObject({ path: z.string(), sha256: sha256Schema })),
})
export type Place = z.infer<typeof placeSchema>

export const placementsSchema = z.strictObject({
  schema: z.literal(1),
  slug: slugSchema,
  places: z.array(placeSchema),
})

export const placementsPath = (paths: Pick<Paths, 'placements'>, slug: string): string =>
  join(paths.placements, `${slugSchema.parse(slug)}.json`)

/** Where a skill lies in agents' folders. @throws SkilletError STORE_DAMAGED */
export async function readPlaces(paths: Paths, slug: string): Promise<Place[]> {
  return (await readJson(placementsPath(paths, slug), () => placementsSchema))?.places ?? []
}

/** Written ahead of what is done in the agents' folders, so that a kill in between is settled by it. */
export async function writePlaces(paths: Paths, slug: string, places: readonly Place[]): Promise<void> {
  const path = placementsPath(paths, slug)
  if (places.length === 0) await discard(path)
  else await writeFileAtomic(path, JSON.stringify({ schema: 1, slug, places }))
}
