import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useCall, useChange } from '../../query.ts'
import { hrefs, type Page } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { PageNotice } from '../../ui/page-notice.tsx'

/** A newer Skillet that was found by itself, until the person sends the notice away. Settings says it in full. */
export function UpdateNotice({ page }: { page: Page }): ReactNode {
  const client = useQueryClient()
  // Main tells of it; asking here would have it look for updates before anything else.
  const { data } = useCall('updates.state', null, { enabled: false })
  const dismiss = useChange('updates.dismiss')
  const offer = data?.offer ?? null
  if (offer === null || offer.isDismissed || page === 'settings') return null
  return (
    <PageNotice
      tone="plain"
      headline={t('There is a newer Skillet: version {{version}}.', { version: offer.version })}
      about="Skillet"
      leads={
        <LinkButton size="small" href={hrefs.settings}>
          {t('See what changes')}
        </LinkButton>
      }
      onClose={() =>
        dismiss.mutate(null, { onSuccess: (next) => client.setQueryData(['updates.state', null], next) })
      }
    />
  )
}
