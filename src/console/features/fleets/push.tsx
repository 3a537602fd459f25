import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { formatDate } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
import { FormDialog } from '../../ui/dialog.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import type { Fleet } from './fleet.ts'

interface Revision {
  readonly revision: number
  readonly pushedAt: string
  readonly pushedBy: string
  readonly skills: readonly { slug: string; version: string | null }[]
}

const asItIs = 'now'

/** Has a fleet's machines follow its bundle as it is now, or as it was at an earlier push. */
export function Push({ fleet }: { fleet: Fleet }): ReactNode {
  const notice = useNotice()
  const query = useGet<{ revisions: readonly Revision[] }>(
    `/api/bundles/${encodeURIComponent(fleet.bundle.id)}/revisions`,
  )
  const [chosen, setChosen] = useState(asItIs)
  const push = useChange<string, { revision: number }>((api, which) =>
    api.call('POST', `/api/fleets/${encodeURIComponent(fleet.id)}/push`, {
      ...(which === asItIs ? {} : { revision: Number(which) }),
    }),
  )
  const revisions = query.data?.revisions ?? []
  const earlier = revisions.find(({ revision }) => String(revision) === chosen)
  return (
    <FormDialog
      label="Push"
      title="Push to the machines"
      submit="Push"
      look="primary"
      onOpen={() => setChosen(asItIs)}
      onSubmit={async () => {
        const { revision } = await push.mutateAsync(chosen)
        notice({ text: `Revision ${revision} is what the machines of ${fleet.name} follow now.` })
      }}
    >
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">What</span>
        <Choose
          label="What"
          value={chosen}
          onChange={setChosen}
          choices={[
            { id: asItIs, label: `${fleet.bundle.title} as it is now` },
            ...revisions.map(({ revision, pushedAt }) => ({
              id: String(revision),
              label: `Revision ${revision}, pushed ${formatDate(pushedAt)}`,
            })),
          ]}
        />
      </div>
      {earlier === undefined ? null : (
        <div>
          <p className="text-ink-2">Pushed by {earlier.pushedBy}. It holds:</p>
          <ul className="mt-1 break-words">
            {earlier.skills.length === 0 ? <li>nothing</li> : null}
            {earlier.skills.map(({ slug, version }) => (
              <li key={slug}>
                {slug} {version ?? 'at its newest'}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="text-ink-2">
        The machines follow when they next ask. Each installs by its own rules and approvals.
      </p>
    </FormDialog>
  )
}
