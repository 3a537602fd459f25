import type { SkillSummary } from '../../shared/contract/skills.ts'
import type { Tier } from '../../shared/tier.ts'

export type Category = SkillSummary['category']

/** Categories in the order in which they are shown, as people read them. */
export const categoryNames: Record<Category, string> = {
  documents: 'Documents',
  data: 'Data',
  writing: 'Writing',
  photos: 'Photos',
  files: 'Files',
  developer: 'Developer',
}
export const categoryOrder = Object.keys(categoryNames) as Category[]

export const planNames: Record<Tier, string> = {
  free: 'Free',
  cook: 'Cook',
  operator: 'Operator',
  pro_plus: 'Pro Plus',
}
