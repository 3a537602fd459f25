import { useQueryClient } from '@tanstack/react-query'
import { t } from '../../../shared/i18n/t.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { failureNotice } from '../../act.ts'
import { ask, toCallFailed, useBridge, type CallFailed } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { isDialogOpen } from '../../ui/dialog.tsx'
import { joinList } from '../../ui/format.ts'
import { useNotice, type Notice } from '../../ui/toast.tsx'
import { registryFailures } from '../authority/try-again.ts'
import { useInstall } from '../install/install-provider.tsx'
import { useRollback } from '../library/rollback.ts'
import { useUpdateSessions, type UpdateEnd } from './update-sessions.ts'

interface Skill {
  slug: string
  title: string
}

/** Updating one skill or several, and saying how it went. */
export function useUpdateActions(): {
  /** One click: updates it, or opens the questions where it asks for more. */
  updateOne: (skill: Skill) => Promise<void>
  /** Updates those that ask for nothing more; the others are held for the person. */
  updateAll: (skills: readonly Skill[]) => Promise<void>
} {
  const bridge = useBridge()
  const client = useQueryClient()
  const sessions = useUpdateSessions()
  const notify = useNotice()
  const install = useInstall()
  const rollback = useRollback()

  // The plan would be old by the time somebody looks at it.
  const giveBack = ({ planId }: InstallPlan) => ask(bridge, 'install.cancel', { planId }).catch(toCallFailed)

  /** Never in place of what the person is about to answer or reads: then it waits under "Review". */
  const review = async (skill: Skill, plan: InstallPlan) => {
    if (!isDialogOpen() && install({ ...skill, plan })) return
    await giveBack(plan)
    notify({
      text: t(
        'The update of {{title}} asks for more than you have allowed. Choose Review in the Library to answer.',
        { title: skill.title },
      ),
    })
  }

  const updateOne = async (skill: Skill) => {
    const ended = await sessions.start(skill)
    await refresh(client, staleAfter.install)
    if (ended.end === 'held') await review(skill, ended.plan)
    if (ended.end === 'failed') notify(failureNotice(ended.error))
    if (ended.end !== 'updated') return
    const { from, to } = ended
    notify({
      text: t('{{title}} was updated to {{to}}.', { title: skill.title, to }),
      ...(from === null
        ? {}
        : { action: { label: t('Undo'), run: () => void rollback({ ...skill, version: to }, from) } }),
    })
  }

  const updateAll = async (skills: readonly Skill[]) => {
    const ends = await Promise.all(
      skills.map(async (skill) => {
        const ended = await sessions.start(skill)
        if (ended.end === 'held') await giveBack(ended.plan)
        return { title: skill.title, ...ended }
      }),
    )
    await refresh(client, staleAfter.install)
    for (const notice of failureNotices(ends.filter((one) => one.end === 'failed'))) notify(notice)
    const count = (end: UpdateEnd['end']) => ends.filter((one) => one.end === end).length
    const parts = [
      ...(count('updated') > 0 ? [t('{{count}} skills were updated.', { count: count('updated') })] : []),
      ...(count('held') > 0 ? [t('{{count}} wait for you.', { count: count('held') })] : []),
    ]
    if (parts.length > 0) notify({ text: parts.join(' ') })
  }
  return { updateOne, updateAll }
}

/** One notice for each thing that went wrong, with whom it kept from being updated. */
function failureNotices(failed: readonly { title: string; error: CallFailed }[]): Notice[] {
  const titles = new Map<string, string[]>()
  for (const { title, error } of failed) {
    const { text } = failureNotice(error)
    // This is about no skill in particular.
    const about = registryFailures.has(error.code) ? [] : [title]
    titles.set(text, [...(titles.get(text) ?? []), ...about])
  }
  return [...titles].map(([text, which]) => ({
    text:
      which.length === 0
        ? text
        : `${which.length === 1 ? t('{{title}} was not updated.', { title: which[0] ?? '' }) : t('{{titles}} were not updated.', { titles: joinList(which) })} ${text}`,
    stays: true,
  }))
}
