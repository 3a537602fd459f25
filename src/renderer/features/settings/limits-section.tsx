import { useQueryClient } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Policy, UserPolicy } from '../../../shared/policy.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter, useCall } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Choose } from '../../ui/choose.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { managedBy, useManaged, useWhoManages } from '../managed/managed.ts'
import { ceilingState, furtherLimits, switches, switchState, withCeiling, withSwitch } from './limits.ts'

/** What no skill may go beyond, whatever it was allowed. */
export function LimitsSection(): ReactNode {
  const policy = useCall('policy.get', null)
  const set = useSetPolicy()
  return (
    <Section title={t('Limits for all skills')}>
      <p className="-mt-2 mb-4 text-ink-2">
        {t('No skill goes beyond these, whatever you have allowed it. A skill that needs more doesn’t run.')}
      </p>
      {policy.isError ? (
        <ErrorNote linked={false} error={policy.error} onRetry={() => void policy.refetch()} />
      ) : policy.isPending ? (
        <SkeletonRows count={2} label={t('Loading your limits')} />
      ) : policy.data.problem !== null ? (
        <div className="flex flex-col items-start gap-3">
          <div className="w-full">
            <ProblemNote
              problem={policy.data.problem.message}
              fix={t(
                'Nothing is installed or run until your limits can be read. Correct the file, or start over without limits of your own.',
              )}
              onRetry={() => void policy.refetch()}
            />
          </div>
          <Button onPress={() => void set({}, null)}>{t('Start over without limits')}</Button>
        </div>
      ) : (
        <Limits user={policy.data.user} managed={policy.data.managed} onChange={set} />
      )}
    </Section>
  )
}

type SetPolicy = (user: UserPolicy, before: UserPolicy | null) => Promise<void>

/** Sets the limits at once and offers to undo that, where there is a way back. */
function useSetPolicy(): SetPolicy {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const set: SetPolicy = async (user, before) => {
    try {
      await ask(bridge, 'policy.set', { user })
      notify({
        text: t('Your limits for all skills were changed.'),
        ...(before === null ? {} : { action: { label: t('Undo'), run: () => void set(before, user) } }),
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.policy)
  }
  return set
}

function Limits({
  user,
  managed,
  onChange,
}: {
  user: UserPolicy
  managed: Policy | null
  onChange: SetPolicy
}): ReactNode {
  const who = useWhoManages()
  const further = furtherLimits(user)
  return (
    <div className="flex flex-col gap-4">
      <ul
        aria-label={t('What skills may do at all')}
        className="grid gap-x-6 gap-y-3 min-[720px]:grid-cols-2"
      >
        {switches().map(({ capability, label, off }) => {
          const { on, locked } = switchState(capability, user, managed)
          return (
            <li key={capability}>
              <Switch
                label={label}
                isSelected={on}
                isDisabled={locked}
                onChange={(next) => void onChange(withSwitch(user, capability, next), user)}
                {...(on || locked ? {} : { description: off })}
              />
              {locked ? <Locked>{t('{{who}} has turned this off.', { who })}</Locked> : null}
            </li>
          )
        })}
      </ul>
      <div className="flex flex-col gap-3 border-t border-line pt-4">
        {(['timeout_s', 'memory_mb'] as const).map((which) => {
          const { value, choices, locked } = ceilingState(which, user, managed)
          const label = which === 'timeout_s' ? t('Longest time of a run') : t('Most memory of a run')
          return (
            <div key={which} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
              <div>
                <p className="font-medium">{label}</p>
                {locked === null ? null : (
                  <Locked>{t('{{who}} allows {{most}} at most.', { who, most: locked })}</Locked>
                )}
              </div>
              <Choose
                label={label}
                value={value}
                choices={choices}
                onChange={(next) => void onChange(withCeiling(user, which, next), user)}
              />
            </div>
          )
        })}
      </div>
      {further.length === 0 ? null : (
        <div className="border-t border-line pt-4">
          <p className="font-medium">{t('Also set in your policy file')}</p>
          <ul className="mt-1 text-ink-2">
            {further.map((each) => (
              <li key={each} className="break-words">
                {each}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function Locked({ children }: { children: ReactNode }): ReactNode {
  const organisation = useManaged()?.policy.organisation
  return (
    <p className="flex items-center gap-1.5 text-sm text-ink-3">
      <Lock aria-hidden size={14} strokeWidth={1.75} className="shrink-0" />
      {children}
      {organisation === undefined ? null : <> {managedBy(organisation)}.</>}
    </p>
  )
}
