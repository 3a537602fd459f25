import type { CatalogEntry } from '../../shared/catalog.ts'
import type { Hardware } from '../../shared/hardware.ts'
import { matchRequirements } from './match.ts'

/**
 * The first alternative to `slug` that fits this computer: its own in the order that its publisher gave, then theirs,
 * and so on, each looked at once. Null where none does.
 */
export function firstFitting(
  slug: string,
  catalog: readonly CatalogEntry[],
  hardware: Hardware,
): CatalogEntry | null {
  const entries = new Map(catalog.map((entry) => [entry.slug, entry]))
  const seen = new Set([slug])
  const queue = [...(entries.get(slug)?.alternatives ?? [])]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next)) continue
    seen.add(next)
    const entry = entries.get(next)
    if (entry === undefined) continue
    if (matchRequirements(entry.requires, hardware).ok) return entry
    queue.push(...entry.alternatives)
  }
  return null
}
