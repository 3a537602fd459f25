import { SkilletError } from '../../shared/errors.ts'
import type { CatalogEntry } from '../../shared/catalog.ts'
import type { Fit } from '../../shared/contract/skills.ts'
import type { Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Probe, RegistryClient } from '../ports.ts'
import { firstFitting } from '../probe/alternatives.ts'
import { matchRequirements } from '../probe/match.ts'

/**
 * @throws SkilletError INCOMPATIBLE: the message says required against found, the remedy names the first alternative
 *   that fits
 */
export async function assertFits(
  probe: Probe,
  registry: Pick<RegistryClient, 'catalog'> | null,
  release: Release,
): Promise<Fit> {
  const { requires } = release.skill
  const fit = matchRequirements(requires, await probe(requires.executables))
  if (fit.ok) return fit
  const lacking = fit.lines
    .filter((line) => !line.ok)
    .map(
      (line) =>
        `${line.label}: needs ${line.required}, ${line.found === 'none found' ? line.found : `found ${line.found}`}`,
    )
  const message = `${release.skill.title} can't run on this computer. ${lacking.join('. ')}.`
  const other = registry === null ? null : await findAlternative(probe, registry, release.skill)
  throw new SkilletError(
    'INCOMPATIBLE',
    message,
    other === null
      ? { remedy: 'Use another computer; no alternative in the catalog fits this one.' }
      : {
          remedy: `Install ${other.title} (${other.slug}) instead: it does the same and fits this computer.`,
        },
  )
}

/** The alternatives that the publisher signed, in order, then theirs by the catalog. A suggestion, never a decision. */
export async function findAlternative(
  probe: Probe,
  registry: Pick<RegistryClient, 'catalog'>,
  skill: SkillManifest,
): Promise<CatalogEntry | null> {
  let entries: CatalogEntry[]
  try {
    entries = (await registry.catalog()).skills
  } catch (error) {
    // The verdict stands without a suggestion; it must not turn into a network error.
    if (error instanceof SkilletError) return null
    throw error
  }
  const programs = new Set(entries.flatMap((entry) => entry.requires.executables))
  const graph = entries.map((entry) =>
    entry.slug === skill.slug ? { ...entry, alternatives: skill.alternatives } : entry,
  )
  return firstFitting(skill.slug, graph, await probe([...programs]))
}
