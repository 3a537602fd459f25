import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useAct } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'

type Skill = Pick<InstalledSkill, 'slug' | 'title' | 'version'>

/** Puts a kept version back in place, says so and offers to undo it. */
export function useRollback(): (skill: Skill, to: string) => Promise<void> {
  const bridge = useBridge()
  const act = useAct()
  const rollback = (skill: Skill, to: string): Promise<void> =>
    act(async () => {
      const { slug, title } = skill
      const { version } = await ask(bridge, 'library.rollback', { slug, version: to })
      const undo = () => void rollback({ slug, title, version }, skill.version)
      return {
        text: t('{{title}} is back at {{version}}.', { title, version }),
        action: { label: t('Undo'), run: undo },
      }
    })
  return rollback
}
