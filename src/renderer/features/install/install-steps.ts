import { t } from '../../../shared/i18n/t.ts'
import type { InstallProgress, InstallStep } from '../../../shared/contract/install.ts'
import type { ErrorCode } from '../../../shared/errors.ts'

/** The steps as a person sees them, in order. */
export const visibleSteps = () => [
  t('Fits this computer'),
  t('Genuine'),
  t('What it may do'),
  t('Installing'),
  t('Done'),
]

/** Which visible step a failure before the questions belongs to; null when it belongs to none. */
export function stepOfFailure(code: ErrorCode): number | null {
  switch (code) {
    case 'INCOMPATIBLE':
      return 0
    case 'TRUST_ROOT_INVALID':
    case 'ENVELOPE_INVALID':
    case 'SIGNATURE_INVALID':
    case 'SIGNER_UNTRUSTED':
    case 'RELEASE_INVALID':
    case 'METADATA_INVALID':
    case 'METADATA_EXPIRED':
    case 'METADATA_ROLLBACK':
    case 'NOT_CURRENT':
    case 'CLOCK_WRONG':
    case 'DIGEST_MISMATCH':
    case 'ARCHIVE_UNSAFE':
    case 'REVOKED':
      return 1
    case 'POLICY_DENIED':
    case 'POLICY_INVALID':
    case 'VERSION_PINNED':
    case 'PERMISSION_DENIED':
      return 2
    default:
      return null
  }
}

// Shares of the bar: fetching takes the time, the rest is quick.
const shares = (): Record<InstallStep, readonly [from: number, to: number, words: string]> => ({
  access: [0, 0.02, t('Asking the registry')],
  signature: [0.02, 0.04, t('Checking the signature')],
  hardware: [0.04, 0.05, t('Checking this computer')],
  policy: [0.05, 0.06, t('Checking the rules')],
  download: [0.06, 0.7, t('Downloading')],
  digest: [0.7, 0.78, t('Checking that nothing was altered')],
  extract: [0.78, 0.94, t('Unpacking')],
  save: [0.94, 1, t('Putting it in your Library')],
})

/** Real progress → how far the whole installation is (0 to 1), and words for it. */
export function overallProgress(progress: Pick<InstallProgress, 'step' | 'fraction'> | null): {
  fraction: number
  words: string
} {
  if (progress === null) return { fraction: 0, words: t('Starting') }
  const [from, to, words] = shares()[progress.step]
  const within = Math.min(1, Math.max(0, progress.fraction))
  return { fraction: from + (to - from) * within, words }
}
