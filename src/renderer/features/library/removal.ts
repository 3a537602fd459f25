import type { SecretRef } from '../../../shared/contract/keys.ts'
import type { InstalledSkill, TrashedSkill } from '../../../shared/contract/library.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useAct } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { useNotice } from '../../ui/toast.tsx'

/** Removes at once and offers to undo it: nothing is lost, so nothing needs to be confirmed. */
export function useRemoval(): (skill: Pick<InstalledSkill, 'slug' | 'title'>) => Promise<void> {
  const bridge = useBridge()
  const act = useAct()
  const notify = useNotice()
  const restore = useRestore()
  const erase = ({ name, skill }: SecretRef) =>
    act(async () => {
      await ask(bridge, 'secrets.remove', { name, skill })
      return { text: t('{{title}} was removed.', { title: name }) }
    })
  return ({ slug, title }) =>
    act(async () => {
      const { undoId, unusedKeys } = await ask(bridge, 'library.remove', { slug })
      for (const key of unusedKeys)
        notify({
          text: t('No other skill uses the key {{name}}. Erase it? This can’t be undone.', {
            name: key.name,
          }),
          action: { label: t('Erase it'), run: () => void erase(key) },
          stays: true,
        })
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
