import { Ban, CircleCheck, CircleHelp, Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { ActionMenu, type MenuAction } from '../../ui/menu.tsx'
import type { Answer } from '../install/answers.ts'
import { lifeChoices } from './life-words.ts'
import type { PermissionRow } from './permission-rows.ts'
import { useAnswer } from './use-answer.ts'

const icons = {
  allowed: <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ok" />,
  denied: <Ban aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />,
  open: <CircleHelp aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ink-3" />,
}
const deny: Answer = { decision: 'deny', life: 'always' }
const allow = (life: Answer['life']): Answer => ({ decision: 'allow', life })

/** One thing that a skill asks for: what was answered, and how to answer otherwise. */
export function PermissionRowView({
  skill,
  row,
}: {
  skill: { slug: string; title: string }
  row: PermissionRow
}): ReactNode {
  const answer = useAnswer()
  const { capability, grant, partial, state, title } = row
  const from = grant === null ? null : { decision: grant.decision, life: grant.life }
  const change = (to: Answer | null) =>
    void answer({
      skill,
      capability,
      from,
      to,
      capabilityDigest: grant?.capabilityDigest,
      undo: !partial,
    })
  const about = `${title} (${skill.title})`
  const button = (label: string, to: Answer | null) => (
    <Button size="small" aria-label={`${label}: ${about}`} onPress={() => change(to)}>
      {label}
    </Button>
  )
  const item = (label: string, to: Answer | null): MenuAction => ({
    label,
    run: () => change(to),
  })
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="flex min-w-0 gap-3">
        {icons[state]}
        <div className="min-w-0">
          <p className="font-medium break-words">{title}</p>
          <p className="text-sm text-ink-3">{row.detail}</p>
        </div>
      </div>
      <div className="flex shrink-0 items-center gap-1.5">
        {state === 'allowed' ? (
          button(t('Take back'), null)
        ) : (
          <>
            {state === 'open' ? button(t('Don’t allow'), deny) : null}
            {button(t('Allow'), allow('always'))}
          </>
        )}
        <ActionMenu
          label={t('More about: {{about}}', { about })}
          trigger={<Ellipsis size={18} strokeWidth={1.75} aria-hidden />}
          actions={[
            ...lifeChoices()
              .filter(({ id }) => !(state === 'allowed' && grant?.life === id && !partial))
              .map(({ id, action }) => item(action, allow(id))),
            ...(state === 'allowed' ? [item(t('Don’t allow'), deny)] : []),
            ...(state === 'denied' ? [item(t('Ask before the next run'), null)] : []),
          ]}
        />
      </div>
    </li>
  )
}
