import { CircleCheck, CircleMinus } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { SandboxState } from '../../../shared/contract/overview.ts'
import { useCall } from '../../query.ts'
import { Badge } from '../../ui/badge.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { FixSteps } from '../../ui/fix-steps.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'

type Backend = SandboxState['backends'][number]

const about = (): Record<Backend['name'], string> => ({
  bubblewrap: t('What skills run in, unless their maker chose otherwise.'),
  firejail: t('Only for skills whose maker asks for it.'),
})

/** The sandbox in plain words: whether it holds, what it is made of, and how to put it right. */
export function SandboxSection(): ReactNode {
  const doctor = useCall('doctor.run', null, { staleTimeMs: 60_000 })
  const sandbox = doctor.data?.sandbox
  return (
    <Section
      title={t('The wall around skills')}
      aside={
        sandbox === undefined ? null : (
          <Badge tone={sandbox.ready ? 'ok' : 'bad'}>{sandbox.ready ? t('Ready') : t('Not ready')}</Badge>
        )
      }
    >
      {doctor.isError ? (
        <ErrorNote error={doctor.error} onRetry={() => void doctor.refetch()} />
      ) : sandbox === undefined ? (
        <SkeletonRows count={1} label={t('Testing the sandbox')} />
      ) : (
        <div className="flex flex-col gap-4">
          <p className="-mt-2 text-ink-2">
            {t(
              'Each skill runs in a sandbox: it sees only its own files and what you gave it, and reaches only what you allowed. Skillet tests it each time it starts. Without it, nothing runs.',
            )}
          </p>
          {sandbox.ready ? null : (
            <ProblemNote
              problem={sandbox.problem ?? t('The sandbox isn’t ready, so no skill can run.')}
              fix={sandbox.fix}
              onRetry={() => void doctor.refetch()}
            />
          )}
          <ul
            aria-label={t('Sandboxes')}
            className="divide-y divide-line border-t border-line [&>li:last-child]:pb-0"
          >
            {sandbox.backends.map((backend) => (
              <BackendRow key={backend.name} backend={backend} told={sandbox.problem === backend.problem} />
            ))}
          </ul>
        </div>
      )}
    </Section>
  )
}

/** `told`: what is wrong with it stands above already. */
function BackendRow({ backend, told }: { backend: Backend; told: boolean }): ReactNode {
  const { name, ready, problem, fix } = backend
  const Icon = ready ? CircleCheck : CircleMinus
  return (
    <li className="flex gap-3 py-3">
      <Icon
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className={`mt-px shrink-0 ${ready ? 'text-ok' : 'text-ink-3'}`}
      />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {name}
          <span className={`ms-2 font-normal ${ready ? 'text-ok' : 'text-ink-3'}`}>
            {ready ? t('Ready') : t('Not ready')}
          </span>
        </p>
        <p className="text-sm text-ink-3">{about()[name]}</p>
        {ready || told || problem === null ? null : (
          <p className="mt-1 text-ink-2 select-text">{say(problem)}</p>
        )}
        {ready || told || fix === null ? null : (
          <div className="mt-1">
            <Details title={t('How to get it')}>
              <FixSteps fix={fix} />
            </Details>
          </div>
        )}
      </div>
    </li>
  )
}
