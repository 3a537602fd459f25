import type { ReactNode } from 'react'
import { useMe } from '../../me.ts'
import { Page } from '../../ui/page.tsx'
import { JournalTable } from './journal-table.tsx'

/** What was done in the account. */
export function JournalPage(): ReactNode {
  const me = useMe()
  return (
    <Page title="Journal" subtitle={`What was done in ${me.account}, and by whom.`}>
      <JournalTable path="/api/account/journal" />
    </Page>
  )
}
