import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { SecretInput } from '../../ui/field.tsx'
import { joinList } from '../../ui/format.ts'
import { Switch } from '../../ui/switch.tsx'
import type { TypedKeys } from './answers.ts'

/** The keys that a skill needs and that aren't stored yet. */
export function KeyEntry({
  secrets,
  keys,
  onKeys,
  unseen,
  onUnseen,
}: {
  secrets: InstallPlan['secrets']
  keys: TypedKeys
  onKeys: (keys: TypedKeys) => void
  /** Names of those that the skill is to use without holding them. */
  unseen: ReadonlySet<string>
  onUnseen: (unseen: ReadonlySet<string>) => void
}): ReactNode {
  if (secrets.length === 0) return null
  return (
    <div className="flex flex-col gap-4 rounded-lg border border-line p-4">
      {secrets.map((secret) => (
        <div key={secret.name} className="flex flex-col gap-2">
          <SecretInput
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
          {secret.unseen ? null : (
            <Switch
              label={t('Skillet adds {{title}} itself; the skill never sees it', { title: secret.title })}
              isSelected={unseen.has(secret.name)}
              onChange={(on) =>
                onUnseen(
                  new Set([...unseen].filter((name) => name !== secret.name).concat(on ? secret.name : [])),
                )
              }
              description={t('If the skill fails with it, switch it off.')}
            />
          )}
        </div>
      ))}
    </div>
  )
}
