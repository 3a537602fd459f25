import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import type { Tone } from '../../ui/badge.tsx'
import { isNewer } from '../../ui/format.ts'
import { planNames } from '../../ui/names.ts'
import { useCall } from '../../query.ts'

/** What can be done with a skill from here. */
export type NextStep = 'install' | 'update' | 'run' | 'see-why' | 'see-withdrawn'

export interface Verdict {
  tone: Tone
  text: string
  next: NextStep
}

/** The one thing worth knowing about a skill on this computer, and what to do next. `installed`: as the Library has it. */
export function verdictOf(
  skill: Pick<SkillSummary, 'fit' | 'installedVersion' | 'version' | 'tier' | 'needsKey'>,
  installed?: Pick<InstalledSkill, 'pinned' | 'withdrawn'>,
): Verdict {
  if (installed !== undefined && installed.withdrawn !== null)
    return { tone: 'bad', text: t('Withdrawn'), next: 'see-withdrawn' }
  if (
    skill.installedVersion !== null &&
    isNewer(skill.version, skill.installedVersion) &&
    skill.fit.ok &&
    installed?.pinned !== true
  )
    return { tone: 'ok', text: t('Update to {{version}}', { version: skill.version }), next: 'update' }
  if (skill.installedVersion !== null) return { tone: 'ok', text: t('Installed'), next: 'run' }
  if (!skill.fit.ok)
    return {
      tone: 'warn',
      text: skill.fit.short !== null ? say(skill.fit.short) : t('Doesn’t fit this computer'),
      next: 'see-why',
    }
  if (skill.tier !== 'free')
    return {
      tone: 'neutral',
      text: t('Needs the {{plan}} plan', { plan: planNames()[skill.tier] }),
      next: 'install',
    }
  if (skill.needsKey) return { tone: 'neutral', text: t('Asks for a key'), next: 'install' }
  return { tone: 'ok', text: t('Fits this computer'), next: 'install' }
}

/** The same, with what the Library knows of the skill. */
export function useVerdict(skill: SkillSummary): Verdict {
  const library = useCall('library.list', null)
  return verdictOf(
    skill,
    library.data?.find((each) => each.slug === skill.slug),
  )
}
