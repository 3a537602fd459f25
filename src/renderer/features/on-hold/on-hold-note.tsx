import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { Button } from '../../ui/button.tsx'
import { formatDate } from '../../ui/format.ts'
import { useRemoval } from '../library/removal.ts'

/** The registry's words about a skill that is on hold, since when, and what that means for whoever has it. */
export function OnHoldNote({
  skill,
}: {
  skill: Pick<InstalledSkill, 'slug' | 'title' | 'onHold'>
}): ReactNode {
  const remove = useRemoval()
  if (skill.onHold === null) return null
  return (
    <section
      aria-label={t('{{title}} is on hold', { title: skill.title })}
      className="mb-5 flex gap-3 rounded-lg border border-line bg-warn-soft p-4"
    >
      <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-warn" />
      <div className="min-w-0 flex-1 select-text">
        <p className="font-semibold text-warn">
          {t('On hold since {{date}}: reported as dangerous, being looked into', {
            date: formatDate(skill.onHold.since),
          })}
        </p>
        <p className="mt-1 break-words">{skill.onHold.words}</p>
        <p className="mt-1">
          {t(
            'The registry offers it to nobody until somebody has looked. It still runs here, within what you allowed. If you are in doubt, wait. This note goes away when the skill is offered again.',
          )}
        </p>
        <Button
          size="small"
          className="mt-3"
          aria-label={t('Remove {{title}}', { title: skill.title })}
          onPress={() => void remove(skill)}
        >
          {t('Remove')}
        </Button>
      </div>
    </section>
  )
}
