import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { joinList } from '../../ui/format.ts'
import type { UpdatableSkill } from './updatable.ts'
import { useUpdateActions } from './update-actions.ts'
import { useAllUpdateSessions } from './update-sessions.ts'

/** One click for all updates that ask for nothing more; those that are held are named. */
export function UpdateAll({ skills }: { skills: readonly UpdatableSkill[] }): ReactNode {
  const sessions = useAllUpdateSessions()
  const { updateAll } = useUpdateActions()
  const held = skills.filter((skill) =>
    sessions.some((one) => one.slug === skill.slug && one.state === 'held'),
  )
  const open = skills.filter((skill) => !held.includes(skill))
  const underWay = sessions.some(({ state }) => state !== 'held')
  if (open.length < 2 && held.length === 0 && !underWay) return null
  return (
    <div
      role="region"
      aria-label={t('Updates')}
      className="mb-4 flex items-center justify-between gap-4 rounded-lg border border-line bg-panel px-4 py-3"
    >
      <div className="min-w-0">
        {open.length === 0 ? null : (
          <p className="font-medium">{t('{{count}} updates to install', { count: open.length })}</p>
        )}
        {held.length === 0 ? null : (
          <p className="text-ink-2">
            {held.length === 1
              ? t('{{title}} asks for more than you have allowed, so it waits for your answer.', {
                  title: held[0]?.title ?? '',
                })
              : t('{{titles}} ask for more than you have allowed, so they wait for your answer.', {
                  titles: joinList(held.map(({ title }) => title)),
                })}
          </p>
        )}
      </div>
      {open.length === 0 ? null : (
        <Button look="primary" isPending={underWay} onPress={() => void updateAll(open)}>
          {underWay ? t('Updating…') : t('Update all')}
        </Button>
      )}
    </div>
  )
}
