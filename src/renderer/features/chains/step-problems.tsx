import { TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Chain } from '../../../shared/contract/chains.ts'
import { useCall } from '../../query.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { PermissionDialog } from '../permissions/permission-dialog.tsx'
import { updatable } from '../updates/updatable.ts'
import { UpdateButton } from '../updates/update-button.tsx'
import { stepAction, stepTitle } from './chain-words.ts'

type Step = Chain['steps'][number]

/** What stands in the way of a chain's steps, each with what puts it right. */
export function StepProblems({ steps }: { steps: Chain['steps'] }): ReactNode {
  const waiting = steps.filter(({ problem }) => problem !== null)
  // Two steps may be of one skill, with one and the same problem.
  const once = waiting.filter(
    (step, index) =>
      waiting.findIndex(
        (other) => other.slug === step.slug && other.problem?.message === step.problem?.message,
      ) === index,
  )
  if (once.length === 0) return null
  return (
    <ul
      aria-label={t('What is left to do first')}
      className="divide-y divide-line rounded-lg border border-line bg-raised px-5"
    >
      {once.map((step) => (
        <Problem key={step.id} step={step} />
      ))}
    </ul>
  )
}

function Problem({ step }: { step: Step }): ReactNode {
  const { problem, slug } = step
  const library = useCall('library.list', null)
  if (problem === null) return null
  const title = stepTitle(step)
  const [next] = updatable((library.data ?? []).filter((skill) => skill.slug === slug))
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="flex min-w-0 gap-3">
        <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-warn" />
        <div className="min-w-0">
          <p className="font-medium">{title}</p>
          <p className="text-ink-2 select-text">
            {problem.code === 'NOT_INSTALLED'
              ? t('It isn’t installed yet.')
              : `${say(problem.message)} ${say(problem.remedy)}`}
          </p>
        </div>
      </div>
      <div className="flex shrink-0 gap-1.5">
        {problem.code !== 'NOT_INSTALLED' && problem.code !== 'PERMISSION_DENIED' && next !== undefined ? (
          <UpdateButton skill={next} to={next.updateTo} />
        ) : (
          <Action skill={{ slug, title }} action={stepAction(problem.code, slug)} />
        )}
      </div>
    </li>
  )
}

function Action({
  skill,
  action,
}: {
  skill: { slug: string; title: string }
  action: ReturnType<typeof stepAction>
}): ReactNode {
  const install = useInstall()
  const [asking, setAsking] = useState(false)
  switch (action.kind) {
    case 'install':
      return (
        <Button aria-label={t('Install {{title}}', { title: skill.title })} onPress={() => install(skill)}>
          {t('Install')}
        </Button>
      )
    case 'allow':
      return (
        <>
          <Button
            aria-label={t('Answer for {{title}}', { title: skill.title })}
            onPress={() => setAsking(true)}
          >
            {t('Answer')}
          </Button>
          {asking ? (
            <PermissionDialog
              skill={skill}
              goOn={t('Allow')}
              onAllowed={() => setAsking(false)}
              onClose={() => setAsking(false)}
            />
          ) : null}
        </>
      )
    case 'link':
      return (
        <LinkButton href={action.href} aria-label={`${action.label}: ${skill.title}`}>
          {action.label}
        </LinkButton>
      )
  }
}
