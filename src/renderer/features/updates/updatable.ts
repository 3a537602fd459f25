import type { InstalledSkill } from '../../../shared/contract/library.ts'

export type UpdatableSkill = InstalledSkill & { updateTo: string }

/** Installed skills that an update would bring further. Those that stay at their version or were withdrawn are not among them. */
export function updatable(skills: readonly InstalledSkill[]): UpdatableSkill[] {
  return skills.filter(
    (skill): skill is UpdatableSkill => skill.updateTo !== null && !skill.pinned && skill.withdrawn === null,
  )
}
