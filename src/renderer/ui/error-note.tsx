import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../shared/i18n/say.ts'
import { t } from '../../shared/i18n/t.ts'
import { toCallFailed } from '../bridge.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { hrefs } from '../route.ts'
import { Button, LinkButton } from './button.tsx'
import { useRuleWords } from './rule-words.ts'
import { UnlockForm } from './unlock-form.tsx'

/** Where in the app some problems are put right. */
const places = (): Partial<Record<ErrorCode, { label: string; href: string }>> => ({
  SANDBOX_UNAVAILABLE: { label: t('Open Settings'), href: hrefs.settings },
  RUNNING_AS_ROOT: { label: t('Open Settings'), href: hrefs.settings },
  KEYCHAIN_UNAVAILABLE: { label: t('Open Keys'), href: hrefs.keys },
  POLICY_DENIED: { label: t('Limits in Settings'), href: hrefs.settings },
  POLICY_INVALID: { label: t('Open Settings'), href: hrefs.settings },
  SECRET_MISSING: { label: t('Open Keys'), href: hrefs.keys },
  ON_HOLD: { label: t('Look for another skill'), href: hrefs.discover },
  INTEGRITY_BROKEN: { label: t('Open Library'), href: hrefs.library },
})

/** What went wrong, what to do about it, and a way on. `linked` false: in a dialog, where a link would lead behind it. */
export function ErrorNote({
  error,
  onRetry,
  linked = true,
}: {
  error: unknown
  onRetry?: (() => void) | undefined
  linked?: boolean
}): ReactNode {
  const failed = toCallFailed(error)
  useRuleWords(failed.code === 'MANIFEST_INVALID')
  const place = linked ? places()[failed.code] : undefined
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-line bg-bad-soft p-4">
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-bad select-text">{say(failed.message)}</p>
        <p className="mt-1 text-ink select-text">
          {failed.code === 'VAULT_LOCKED'
            ? t('Enter their passphrase to use or change them.')
            : say(failed.remedy)}
        </p>
        {failed.code === 'VAULT_LOCKED' ? (
          <UnlockForm onUnlocked={onRetry} />
        ) : onRetry === undefined && place === undefined ? null : (
          <div className="mt-3 flex flex-wrap gap-2">
            {onRetry === undefined ? null : (
              <Button size="small" onPress={onRetry}>
                {t('Try again')}
              </Button>
            )}
            {place === undefined ? null : (
              <LinkButton size="small" href={place.href}>
                {place.label}
              </LinkButton>
            )}
          </div>
        )}
      </div>
    </div>
  )
}
