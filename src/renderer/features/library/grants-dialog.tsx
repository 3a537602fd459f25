import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Capability } from '../../../shared/capability.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { CallOutput } from '../../bridge.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { useAnnounce } from '../../ui/announce.tsx'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatDate } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { grantWords } from './grant-words.ts'

function capabilitiesOf(skill: InstalledSkill): Capability[] {
  return Object.keys(skill.manifest.capabilities) as Capability[]
}

/** What the person allowed one skill to do, and taking it back. */
export function GrantsDialog({ skill, onClose }: { skill: InstalledSkill; onClose: () => void }): ReactNode {
  const grants = useCall('grants.list', { slug: skill.slug })
  const revoke = useChange('grants.revoke')
  const install = useInstall()
  const current = grants.data?.filter((grant) => grant.current) ?? []
  const refused = grants.data?.filter((grant) => !grant.current && grant.decision === 'deny') ?? []
  const allowed = current.filter((grant) => grant.decision === 'allow').map((grant) => grant.capability)
  const unanswered =
    grants.data !== undefined && capabilitiesOf(skill).some((capability) => !allowed.includes(capability))
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      title={`What ${skill.title} may do`}
      subtitle="Take something back and the skill can’t run until you allow it again."
      footer={
        <>
          <Button onPress={onClose}>Close</Button>
          {unanswered ? (
            <Button
              look="primary"
              onPress={() => {
                onClose()
                install(skill)
              }}
            >
              Answer again
            </Button>
          ) : null}
        </>
      }
    >
      {revoke.isError ? (
        <div className="mb-3">
          <ErrorNote linked={false} error={revoke.error} />
        </div>
      ) : null}
      {grants.isError ? (
        <ErrorNote linked={false} error={grants.error} onRetry={() => void grants.refetch()} />
      ) : grants.isPending ? (
        <SkeletonRows count={2} label="Loading what it may do" />
      ) : (
        <>
          {current.length === 0 ? (
            <p className="rounded-lg border border-line p-4 text-ink-2">You have allowed it nothing.</p>
          ) : (
            <GrantList grants={current} skill={skill} revoke={revoke} />
          )}
          {refused.length === 0 ? null : (
            <section aria-labelledby="refused-elsewhere" className="mt-6">
              <h3 id="refused-elsewhere" className="mb-2 font-semibold">
                You refused for another version
              </h3>
              <GrantList grants={refused} skill={skill} revoke={revoke} />
            </section>
          )}
        </>
      )}
    </DecisionDialog>
  )
}

function GrantList({
  grants,
  skill,
  revoke,
}: {
  grants: CallOutput<'grants.list'>
  skill: InstalledSkill
  revoke: ReturnType<typeof useChange<'grants.revoke'>>
}): ReactNode {
  const client = useQueryClient()
  const announce = useAnnounce()
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {grants.map((grant) => {
        const { slug, capability, capabilityDigest } = grant
        return (
          <li
            key={`${capability} ${capabilityDigest}`}
            className="flex items-center justify-between gap-4 p-4"
          >
            <div className="min-w-0">
              <p className="font-medium break-words">{grantWords(grant, skill.manifest)}</p>
              <p className="text-sm text-ink-3">
                {grant.decision === 'allow' ? 'You allowed this' : 'You didn’t allow this'} on{' '}
                {formatDate(grant.decidedAt)}
              </p>
            </div>
            <Button
              size="small"
              aria-label={`${grant.decision === 'allow' ? 'Revoke' : 'Forget'}: ${grantWords(grant, skill.manifest)}`}
              isPending={
                revoke.isPending &&
                revoke.variables.capability === capability &&
                revoke.variables.capabilityDigest === capabilityDigest
              }
              onPress={() =>
                revoke.mutate(
                  { slug, capability, capabilityDigest },
                  {
                    onSuccess: async () => {
                      await refresh(client, staleAfter.grants)
                      announce('Taken back')
                    },
                  },
                )
              }
            >
              {grant.decision === 'allow' ? 'Revoke' : 'Forget'}
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
