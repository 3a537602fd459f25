import type { Life } from '../../../shared/contract/install.ts'

/** How long an `allow` counts, as people choose it; the usual one first. */
export const lifeChoices: readonly { id: Life; label: string; action: string }[] = [
  { id: 'always', label: 'Always', action: 'Allow always' },
  { id: 'session', label: 'Until Skillet closes', action: 'Allow until Skillet closes' },
  { id: 'once', label: 'Just once', action: 'Allow just once' },
]
