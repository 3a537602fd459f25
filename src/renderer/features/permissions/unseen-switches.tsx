import type { ReactNode } from 'react'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useAct } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { Switch } from '../../ui/switch.tsx'

/** A switch for each key of a skill: whether Skillet adds it on the way, so that the skill never holds it. */
export function UnseenSwitches({ skill }: { skill: InstalledSkill }): ReactNode {
  const bridge = useBridge()
  const act = useAct()
  const keys = Object.entries(skill.manifest.secrets)
  if (keys.length === 0) return null
  const set = (name: string, title: string, unseen: boolean) =>
    act(async () => {
      await ask(bridge, 'secrets.setUnseen', { slug: skill.slug, name, unseen })
      return {
        text: unseen
          ? t('Skillet adds {{title}} itself from now on.', { title })
          : t('The skill gets {{title}} itself from now on.', { title }),
      }
    })
  return (
    <ul
      aria-label={t('How {{title}} uses its keys', { title: skill.title })}
      className="mt-3 flex flex-col gap-3 border-t border-line pt-3"
    >
      {keys.map(([name, { title, broker }]) => {
        const unseen = broker === true || skill.unseenKeys.includes(name)
        return (
          <li key={name}>
            <Switch
              label={t('Skillet adds {{title}} itself; the skill never sees it', { title })}
              isSelected={unseen}
              isDisabled={broker === true}
              onChange={(on) => void set(name, title, on)}
              description={
                broker === true
                  ? t('Its maker built it that way.')
                  : t('If the skill fails with it, switch it off.')
              }
            />
          </li>
        )
      })}
    </ul>
  )
}
