import { useState, type ReactNode } from 'react'
import type { KeyPlace, SecretRef } from '../../../shared/contract/keys.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { UnlockForm } from '../../ui/unlock-form.tsx'
import { DiscardDialog } from './discard-dialog.tsx'
import { PassphraseDialog } from './passphrase-dialog.tsx'

/** Where keys are kept, where that isn't simply the keychain: what is wrong with it, and what the person may choose. */
export function PlaceSection({
  place,
  titleOf,
  onChanged,
  onRetry,
  onReplace,
  onRemove,
}: {
  place: KeyPlace
  titleOf: (key: SecretRef) => string
  /** What was done, as a sentence. */
  onChanged: (text: string) => void
  onRetry: () => void
  onReplace: (key: SecretRef) => void
  onRemove: (key: SecretRef) => void
}): ReactNode {
  const [open, setOpen] = useState<'protect' | 'change' | 'rotate' | 'discard' | null>(null)
  const lock = useChange('secrets.lock')
  const keepInMemory = useChange('secrets.keepInMemory')
  const move = useChange('secrets.moveToKeychain')
  const changed = (text: string) => {
    setOpen(null)
    onChanged(text)
  }
  const failure = lock.error ?? keepInMemory.error ?? move.error
  return (
    <>
      {place.locked ? (
        <Section title={t('Your keys are locked')}>
          {place.problem === null || place.usable ? null : (
            <p className="text-ink-2">{t('Enter their passphrase to use or change them.')}</p>
          )}
          <UnlockForm onUnlocked={() => changed(t('Your keys are unlocked.'))} />
          <Button look="quiet" size="small" className="mt-3" onPress={() => setOpen('discard')}>
            {t('I forgot the passphrase')}
          </Button>
        </Section>
      ) : place.usable ? null : (
        <ProblemNote
          problem={place.problem ?? t('This computer’s keychain can’t be reached, so no key can be kept.')}
          fix={place.fix}
          onRetry={onRetry}
        />
      )}
      {place.choices.length === 0 ? null : (
        <Section title={t('Or keep your keys without a keychain')}>
          <div className="flex flex-wrap gap-2">
            {place.choices.includes('vault') ? (
              <Button look="primary" onPress={() => setOpen('protect')}>
                {t('Protect with a passphrase')}
              </Button>
            ) : null}
            {place.choices.includes('session') ? (
              <Button
                isPending={keepInMemory.isPending}
                onPress={() =>
                  keepInMemory.mutate(null, {
                    onSuccess: () => changed(t('Keys are kept until you close Skillet.')),
                  })
                }
              >
                {t('Only until I close Skillet')}
              </Button>
            ) : null}
          </div>
        </Section>
      )}
      {place.canMoveToKeychain && !place.locked ? (
        <Section title={t('This computer has a keychain now')}>
          <Button
            isPending={move.isPending}
            onPress={() =>
              move.mutate(null, { onSuccess: () => changed(t('Your keys are in the keychain now.')) })
            }
          >
            {t('Move my keys into it')}
          </Button>
        </Section>
      ) : null}
      {place.kind === 'vault' && place.usable ? (
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            onPress={() => lock.mutate(null, { onSuccess: () => changed(t('Your keys are locked.')) })}
          >
            {t('Lock now')}
          </Button>
          <Button size="small" onPress={() => setOpen('change')}>
            {t('Change the passphrase')}
          </Button>
          <Button size="small" onPress={() => setOpen('rotate')}>
            {t('Encrypt all keys anew')}
          </Button>
        </div>
      ) : null}
      {place.damaged.length === 0 ? null : (
        <Section title={t('Damaged on the disk')}>
          <p className="text-ink-2">
            {t('Enter these keys again, or remove them. Your other keys can be used.')}
          </p>
          <ul className="mt-3 divide-y divide-line border-t border-line">
            {place.damaged.map((one) => (
              <li
                key={`${one.name}@${one.skill}`}
                className="flex items-center justify-between gap-4 py-3 last:pb-0"
              >
                <p className="font-medium">{titleOf(one)}</p>
                <div className="flex gap-1.5">
                  <Button
                    size="small"
                    aria-label={t('Replace {{title}}', { title: titleOf(one) })}
                    onPress={() => onReplace(one)}
                  >
                    {t('Replace')}
                  </Button>
                  <Button
                    size="small"
                    aria-label={t('Remove {{title}}', { title: titleOf(one) })}
                    onPress={() => onRemove(one)}
                  >
                    {t('Remove')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {failure === null ? null : <ErrorNote error={failure} />}
      {open === 'protect' || open === 'change' || open === 'rotate' ? (
        <PassphraseDialog what={open} onClose={() => setOpen(null)} onDone={changed} />
      ) : null}
      {open === 'discard' ? (
        <DiscardDialog onClose={() => setOpen(null)} onDone={() => changed(t('Your keys were deleted.'))} />
      ) : null}
    </>
  )
}
