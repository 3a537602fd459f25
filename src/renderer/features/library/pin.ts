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
          ? `${skill.title} stays at ${skill.version} until you say otherwise.`
          : `${skill.title} follows updates again.`,
        action: { label: 'Undo', run: () => void pin(skill, !pinned) },
      }
    })
  return pin
}
