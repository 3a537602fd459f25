import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useAct } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'

type Skill = Pick<InstalledSkill, 'slug' | 'title' | 'version'>

/** Lets a skill stay at its version, or follow updates again; says so and offers the way back. */
export function usePin(): (skill: Skill, pinned: boolean) => Promise<void> {
  const bridge = useBridge()
  const act = useAct()
  const pin = (skill: Skill, pinned: boolean): Promise<void> =>
    act(async () => {
      await ask(bridge, 'library.pin', { slug: skill.slug, pinned })
      return {
        text: pinned
          ? t('{{title}} stays at {{version}} until you say otherwise.', {
              title: skill.title,
              version: skill.version,
            })
          : t('{{title}} follows updates again.', { title: skill.title }),
        action: { label: t('Undo'), run: () => void pin(skill, !pinned) },
      }
    })
  return pin
}
