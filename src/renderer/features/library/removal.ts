import type { InstalledSkill, TrashedSkill } from '../../../shared/contract/library.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useAct } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'

/** Removes at once and offers to undo it: nothing is lost, so nothing needs to be confirmed. */
export function useRemoval(): (skill: Pick<InstalledSkill, 'slug' | 'title'>) => Promise<void> {
  const bridge = useBridge()
  const act = useAct()
  const restore = useRestore()
  return ({ slug, title }) =>
    act(async () => {
      const { undoId } = await ask(bridge, 'library.remove', { slug })
      return {
        text: t('{{title}} was removed.', { title }),
        action: { label: t('Undo'), run: () => void restore({ title, undoId }) },
      }
    })
}

/** Brings a removed skill back from the trash. */
export function useRestore(): (removed: Pick<TrashedSkill, 'title' | 'undoId'>) => Promise<void> {
  const bridge = useBridge()
  const act = useAct()
  return ({ title, undoId }) =>
    act(async () => {
      const { slug } = await ask(bridge, 'library.restore', { undoId })
      const list = await ask(bridge, 'library.list', null)
      return list.some((skill) => skill.slug === slug && skill.withdrawn !== null)
        ? { text: t('{{title}} is back in the Library, but it was withdrawn and can’t run.', { title }) }
        : { text: t('{{title}} is back.', { title }) }
    })
}
