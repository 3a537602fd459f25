import { useQueryClient } from '@tanstack/react-query'
import { t } from '../../../shared/i18n/t.ts'
import type { Capability } from '../../../shared/capability.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { useNotice } from '../../ui/toast.tsx'
import type { Answer } from '../install/answers.ts'

interface Change {
  skill: { slug: string; title: string }
  capability: Capability
  /** Null: none, it asks before it runs. */
  from: Answer | null
  to: Answer | null
  /** Of the release that the earlier answer is about. */
  capabilityDigest?: string | undefined
  /** False where the earlier answer could not be given again as it was. */
  undo?: boolean
}

/** Changes what a skill may do, says what follows from it and offers to undo it. */
export function useAnswer(): (change: Change) => Promise<void> {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const answer = async (change: Change): Promise<void> => {
    const { skill, capability, from, to, undo = true } = change
    const { slug } = skill
    try {
      if (to === null) {
        const { capabilityDigest } = change
        await ask(bridge, 'grants.revoke', {
          slug,
          capability,
          ...(capabilityDigest === undefined ? {} : { capabilityDigest }),
        })
      } else await ask(bridge, 'grants.decide', { slug, decisions: { [capability]: to } })
      const now = await ask(bridge, 'grants.list', { slug })
      const made = now.find((grant) => grant.capability === capability && grant.current)
      const back = () =>
        void answer({
          skill,
          capability,
          from: to,
          to: from,
          capabilityDigest: made?.capabilityDigest,
        })
      notify({
        text: from === null && to === null ? t('Skillet has forgotten this answer.') : words(skill.title, to),
        ...(undo ? { action: { label: t('Undo'), run: back } } : {}),
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.grants)
  }
  return answer
}

function words(title: string, answer: Answer | null): string {
  if (answer === null) return t('{{title}} asks before its next run.', { title })
  if (answer.decision === 'deny') return t('{{title}} can’t run until you allow this.', { title })
  switch (answer.life) {
    case 'always':
      return t('Allowed for {{title}}, until you take it back.', { title })
    case 'session':
      return t('Allowed for {{title}}, until Skillet closes.', { title })
    case 'once':
      return t('Allowed for the next run of {{title}}.', { title })
  }
}
