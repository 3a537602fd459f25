import { useQueryClient } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { UpdateState } from '../../../shared/contract/updates.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useWhoManages } from '../managed/managed.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatAgo, formatBytes, formatDay } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'

/** Newer versions of Skillet itself: what would change, and installing it. */
export function UpdatesSection(): ReactNode {
  const client = useQueryClient()
  const state = useCall('updates.state', null)
  const keep = { onSuccess: (next: UpdateState) => client.setQueryData(['updates.state', null], next) }
  const check = useChange('updates.check')
  const download = useChange('updates.download')
  const install = useChange('updates.install')
  const failed = state.error ?? check.error ?? download.error ?? install.error
  const { data } = state
  const who = useWhoManages()
  const offer = data?.offer ?? null
  return (
    <Section
      title={t('Updates of Skillet')}
      aside={
        data?.isAvailable === true ? (
          <Button size="small" isPending={check.isPending} onPress={() => check.mutate(null, keep)}>
            {t('Look for updates')}
          </Button>
        ) : null
      }
    >
      <div className="flex flex-col gap-3">
        {failed === null ? null : <ErrorNote error={failed} />}
        {data === undefined ? null : <p className="text-ink-2">{said(data)}</p>}
        {data?.managed === true ? (
          <p className="flex items-center gap-1.5 text-ink-3">
            <Lock aria-hidden size={14} strokeWidth={1.75} className="shrink-0" />
            {data.pinnedTo === null
              ? t('{{who}} decides about updates.', { who })
              : t('{{who}} has chosen version {{version}}.', { who, version: data.pinnedTo })}
          </p>
        ) : null}
        {offer === null ? null : (
          <div className="flex flex-col gap-2">
            <h3 className="font-medium">
              {t('Skillet {{version}}, {{day}}', { version: offer.version, day: formatDay(offer.released) })}
            </h3>
            <p className="whitespace-pre-line text-ink-2" dir="auto">
              {offer.notes}
            </p>
            <div>
              {offer.isDownloaded ? (
                <Button isPending={install.isPending} onPress={() => install.mutate(null)}>
                  {t('Install')}
                </Button>
              ) : (
                <Button isPending={download.isPending} onPress={() => download.mutate(null, keep)}>
                  {t('Download ({{size}})', { size: formatBytes(offer.sizeBytes) })}
                </Button>
              )}
            </div>
            {offer.isDownloaded ? (
              <p className="text-ink-3">
                {t('This computer’s own installer opens, and may ask for an administrator’s password.')}
              </p>
            ) : null}
          </div>
        )}
      </div>
    </Section>
  )
}

function said({ isAvailable, offer, current, checkedAt }: UpdateState): string {
  if (!isAvailable) return t('This Skillet doesn’t look for updates of its own. Whoever gave it to you does.')
  if (offer !== null) return t('There is a newer version. You have {{version}}.', { version: current })
  if (checkedAt === null) return t('You have version {{version}}.', { version: current })
  return t('You have version {{version}}. Looked for a newer one {{ago}}.', {
    version: current,
    ago: formatAgo(checkedAt),
  })
}
