import { useState, type FormEvent, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { JournalTable } from '../journal/journal-table.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** What was done in every account, or in one, for whoever runs the registry. */
export function WholeJournalPage(): ReactNode {
  const [account, setAccount] = useState('')
  const [wanted, setWanted] = useState('')
  const search = (event: FormEvent) => {
    event.preventDefault()
    setWanted(account.trim().toLowerCase())
  }
  return (
    <Page title={t('Whole journal')} subtitle={t('What was done in every account, and by whom.')}>
      <form aria-label={t('Which account')} className="flex flex-wrap items-end gap-3" onSubmit={search}>
        <TextInput
          label={t('Of one account')}
          required={false}
          value={account}
          onChange={setAccount}
          maxLength={64}
        />
        <Button type="submit">{t('Show')}</Button>
      </form>
      <JournalTable
        key={wanted}
        path={`/api/journal${wanted === '' ? '' : `?account=${encodeURIComponent(wanted)}`}`}
      />
    </Page>
  )
}
