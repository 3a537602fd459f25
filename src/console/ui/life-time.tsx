import type { ReactNode } from 'react'
import { Choose } from '../../renderer/ui/choose.tsx'
import { t } from '../../shared/i18n/t.ts'

export type Days = '30' | '90' | '365' | 'never'

/** For how long a key opens something. */
export function LifeTime({ value, onChange }: { value: Days; onChange: (value: Days) => void }): ReactNode {
  return (
    <div className="flex items-center justify-between gap-4">
      <span className="font-medium">{t('It works for')}</span>
      <Choose
        label={t('It works for')}
        value={value}
        onChange={onChange}
        choices={[
          { id: '30', label: '30 days' },
          { id: '90', label: '90 days' },
          { id: '365', label: t('a year') },
          { id: 'never', label: t('as long as it isn’t ended') },
        ]}
      />
    </div>
  )
}
