import type { InstalledSkill } from '../shared/contract/library.ts'
import type { Output } from './output.ts'

/** A line on stderr for each skill that is on hold; it still runs, the person decides. */
export function warnOnHold(
  output: Output,
  skills: readonly Pick<InstalledSkill, 'slug' | 'title' | 'version' | 'onHold'>[],
): void {
  for (const { slug, title, version, onHold } of skills)
    if (onHold !== null)
      output.note(
        `WARNING: ${title} ${version} (${slug}) is on hold since ${onHold.since}, until somebody has looked into it. The registry says: ${onHold.words}`,
      )
}
