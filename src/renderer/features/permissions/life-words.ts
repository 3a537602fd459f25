import { t } from '../../../shared/i18n/t.ts'
import type { Life } from '../../../shared/contract/install.ts'

/** How long an `allow` counts, as people choose it; the usual one first. */
export const lifeChoices = (): readonly { id: Life; label: string; action: string }[] => [
  { id: 'always', label: t('Always'), action: t('Allow always') },
  { id: 'session', label: t('Until Skillet closes'), action: t('Allow until Skillet closes') },
  { id: 'once', label: t('Just once'), action: t('Allow just once') },
]
