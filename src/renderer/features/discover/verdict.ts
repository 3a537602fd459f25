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
    return { tone: 'bad', text: 'Withdrawn', next: 'see-withdrawn' }
  if (
    skill.installedVersion !== null &&
    isNewer(skill.version, skill.installedVersion) &&
    skill.fit.ok &&
    installed?.pinned !== true
  )
    return { tone: 'ok', text: `Update to ${skill.version}`, next: 'update' }
  if (skill.installedVersion !== null) return { tone: 'ok', text: 'Installed', next: 'run' }
  if (!skill.fit.ok)
    return { tone: 'warn', text: skill.fit.short ?? "Doesn't fit this computer", next: 'see-why' }
  if (skill.tier !== 'free')
    return { tone: 'neutral', text: `Needs the ${planNames[skill.tier]} plan`, next: 'install' }
  if (skill.needsKey) return { tone: 'neutral', text: 'Asks for a key', next: 'install' }
  return { tone: 'ok', text: 'Fits this computer', next: 'install' }
}

/** The same, with what the Library knows of the skill. */
export function useVerdict(skill: SkillSummary): Verdict {
  const library = useCall('library.list', null)
  return verdictOf(
    skill,
    library.data?.find((each) => each.slug === skill.slug),
  )
}
