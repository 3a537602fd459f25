import { SkilletError } from '../../shared/errors.ts'
import type { CatalogEntry } from '../../shared/catalog.ts'
import type { Fit } from '../../shared/contract/skills.ts'
import type { Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { CatalogIndex, Probe } from '../ports.ts'
import { matchRequirements } from '../probe/match.ts'
import { runsAnywhere } from '../probe/runs-anywhere.ts'

/** A graph of alternatives may be as large as the catalog; nobody looks further than this. */
const maxAlternatives = 100

/**
 * @throws SkilletError INCOMPATIBLE: the message says required against found, the remedy names the first alternative
 *   that fits
 */
export async function assertFits(
  probe: Probe,
  catalog: Pick<CatalogIndex, 'getAll'>,
  release: Release,
): Promise<Fit> {
  const { requires } = release.skill
  if (runsAnywhere(requires)) return { ok: true, short: null, lines: [] }
  const fit = matchRequirements(requires, await probe(requires.executables))
  if (fit.ok) return fit
  const lacking = fit.lines
    .filter((line) => !line.ok)
    .map(({ label, required, found }) =>
      found === 'none found'
        ? `${label}: needs ${required}, none found`
        : `${label}: needs ${required}, found ${found}`,
    )
  const message = `${release.skill.title} can't run on this computer. ${lacking.join('. ')}.`
  const other = await findAlternative(probe, catalog, release.skill)
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

/**
 * The first alternative that fits this computer: those that the publisher signed, in order, then theirs by the catalog,
 * and so on, each looked at once. A suggestion, never a decision; null where none fits, or nobody knows any.
 */
export async function findAlternative(
  probe: Probe,
  catalog: Pick<CatalogIndex, 'getAll'>,
  skill: Pick<SkillManifest, 'slug' | 'alternatives'>,
): Promise<CatalogEntry | null> {
  const seen = new Set([skill.slug])
  let next = skill.alternatives
  try {
    while (seen.size <= maxAlternatives) {
      const slugs = [...new Set(next)].filter((slug) => !seen.has(slug)).slice(0, maxAlternatives)
      if (slugs.length === 0) return null
      for (const slug of slugs) seen.add(slug)
      const entries = (await catalog.getAll(slugs)).filter((entry) => entry !== null)
      const hardware = await probe([...new Set(entries.flatMap((entry) => entry.requires.executables))])
      const fitting = entries.find((entry) => matchRequirements(entry.requires, hardware).ok)
      if (fitting !== undefined) return fitting
      next = entries.flatMap((entry) => entry.alternatives)
    }
    return null
  } catch (error) {
    // The verdict stands without a suggestion; it must not turn into a network error.
    if (error instanceof SkilletError) return null
    throw error
  }
}
