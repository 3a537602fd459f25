import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { SecretInput } from '../../ui/field.tsx'
import { joinList } from '../../ui/format.ts'
import type { TypedKeys } from './answers.ts'

/** The keys that a skill needs and that aren't stored yet. */
export function KeyEntry({
  secrets,
  keys,
  onKeys,
}: {
  secrets: InstallPlan['secrets']
  keys: TypedKeys
  onKeys: (keys: TypedKeys) => void
}): ReactNode {
  if (secrets.length === 0) return null
  return (
    <div className="flex flex-col gap-4 rounded-lg border border-line p-4">
      {secrets.map((secret) => (
        <SecretInput
          key={secret.name}
          label={secret.title}
          required={secret.required}
          value={keys[secret.name] ?? ''}
          onChange={(value) => onKeys({ ...keys, [secret.name]: value })}
          description={[
            t('Kept on this computer, where your other keys are. Meant for {{hosts}}.', {
              hosts: joinList(secret.hosts),
            }),
            ...(secret.unseen ? [t('Skillet adds the key on the way; the skill never sees it.')] : []),
            ...(secret.required ? [] : [t('You can add it later under Keys.')]),
          ].join(' ')}
        />
      ))}
    </div>
  )
}
