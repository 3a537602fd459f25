import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProgressBar } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { useUpdateActions } from './update-actions.ts'
import { useUpdateSession, useUpdateSessions, type UpdateSession } from './update-sessions.ts'

/** Updates a skill in one click. While it is under way: how far it is, and a way to give it up. */
export function UpdateButton({
  skill,
  to,
  look = 'plain',
}: {
  skill: { slug: string; title: string }
  /** The version that it brings. */
  to: string
  look?: 'plain' | 'primary'
}): ReactNode {
  const session = useUpdateSession(skill.slug)
  const sessions = useUpdateSessions()
  const { updateOne } = useUpdateActions()
  if (session === undefined || session.state === 'held')
    return (
      <Button
        look={look}
        aria-label={
          session?.state === 'held'
            ? t('Review the update of {{title}}', { title: skill.title })
            : t('Update {{title}} to {{to}}', { title: skill.title, to })
        }
        onPress={() => void updateOne(skill)}
      >
        {session?.state === 'held' ? t('Review') : t('Update')}
      </Button>
    )
  const percent = Math.round(session.fraction * 100)
  const checking = session.state === 'checking'
  return (
    <span className="flex items-center gap-1">
      <ProgressBar
        aria-label={t('Updating {{title}}', { title: skill.title })}
        isIndeterminate={checking}
        value={percent}
        className="w-32"
      >
        <span className="mb-1 block text-sm text-ink-2 tabular-nums">{words(session, percent)}</span>
        <span className="block h-1.5 overflow-hidden rounded-full bg-line">
          <span
            className={`block h-full rounded-full bg-brand ${checking ? 'w-1/3 animate-[slide_1.2s_ease-in-out_infinite]' : 'transition-[width] duration-150'}`}
            {...(checking ? {} : { style: { width: `${percent}%` } })}
          />
        </span>
      </ProgressBar>
      <Button
        look="quiet"
        size="icon"
        aria-label={t('Stop updating {{title}}', { title: skill.title })}
        isDisabled={session.stopping}
        onPress={() => sessions.stop(skill.slug)}
      >
        <X size={18} strokeWidth={1.75} aria-hidden />
      </Button>
    </span>
  )
}

function words({ state, stopping }: UpdateSession, percent: number): string {
  if (stopping) return t('Stopping…')
  if (state === 'waiting') return t('Waiting its turn')
  return state === 'checking' ? t('Checking…') : t('Updating… {{percent}} %', { percent })
}
