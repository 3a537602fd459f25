import { t } from '../../shared/i18n/t.ts'
import type { SkillSummary } from '../../shared/contract/skills.ts'
import type { Tier } from '../../shared/tier.ts'

export type Category = SkillSummary['category']

/** Categories in the order in which they are shown, as people read them. */
export const categoryNames = (): Record<Category, string> => ({
  documents: t('Documents'),
  data: t('Data'),
  writing: t('Writing'),
  photos: t('Photos'),
  files: t('Files'),
  developer: t('Developer'),
})
export const categoryOrder = [
  'documents',
  'data',
  'writing',
  'photos',
  'files',
  'developer',
] as const satisfies readonly Category[]

export const planNames = (): Record<Tier, string> => ({
  free: t('Free'),
  cook: t('Cook'),
  operator: t('Operator'),
  pro_plus: t('Pro Plus'),
})
