import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { formatDate } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
import { FormDialog } from '../../ui/dialog.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import type { Fleet } from './fleet.ts'
import { t } from '../../../shared/i18n/t.ts'

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
      label={t('Push')}
      title={t('Push to the machines')}
      submit={t('Push')}
      look="primary"
      onOpen={() => setChosen(asItIs)}
      onSubmit={async () => {
        const { revision } = await push.mutateAsync(chosen)
        notice({
          text: t('Revision {{revision}} is what the machines of {{fleet}} follow now.', {
            revision,
            fleet: fleet.name,
          }),
        })
      }}
    >
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">{t('What')}</span>
        <Choose
          label={t('What')}
          value={chosen}
          onChange={setChosen}
          choices={[
            { id: asItIs, label: t('{{bundle}} as it is now', { bundle: fleet.bundle.title }) },
            ...revisions.map(({ revision, pushedAt }) => ({
              id: String(revision),
              label: t('Revision {{revision}}, pushed {{date}}', { revision, date: formatDate(pushedAt) }),
            })),
          ]}
        />
      </div>
      {earlier === undefined ? null : (
        <div>
          <p className="text-ink-2">{t('Pushed by {{who}}. It holds:', { who: earlier.pushedBy })}</p>
          <ul className="mt-1 break-words">
            {earlier.skills.length === 0 ? <li>{t('nothing')}</li> : null}
            {earlier.skills.map(({ slug, version }) => (
              <li key={slug}>
                {version === null ? t('{{skill}} at its newest', { skill: slug }) : `${slug} ${version}`}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="text-ink-2">
        {t('The machines follow when they next ask. Each installs by its own rules and approvals.')}
      </p>
    </FormDialog>
  )
}
