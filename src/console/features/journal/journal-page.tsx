import type { ReactNode } from 'react'
import { useMe } from '../../me.ts'
import { Page } from '../../ui/page.tsx'
import { JournalTable } from './journal-table.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** What was done in the account. */
export function JournalPage(): ReactNode {
  const me = useMe()
  return (
    <Page
      title={t('Journal')}
      subtitle={t('What was done in {{account}}, and by whom.', { account: me.account })}
    >
      <JournalTable path="/api/account/journal" />
    </Page>
  )
}
