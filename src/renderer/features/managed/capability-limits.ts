import type { Capability } from '../../../shared/capability.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What skills may do at all, for administrators who allow it and for people who may not. */
export function capabilityWords(): { capability: Capability; label: string; never: string }[] {
  return [
    {
      capability: 'fs:read',
      label: t('Read files that people choose'),
      never: t('No skill reads your files.'),
    },
    { capability: 'fs:write', label: t('Save files'), never: t('No skill saves files.') },
    {
      capability: 'net',
      label: t('Connect to the internet'),
      never: t('No skill connects to the internet.'),
    },
    { capability: 'env:read', label: t('Use people’s keys'), never: t('No skill uses your keys.') },
    { capability: 'exec', label: t('Start other programs'), never: t('No skill starts other programs.') },
  ]
}
