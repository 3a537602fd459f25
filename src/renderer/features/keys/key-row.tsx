import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SecretInfo } from '../../../shared/contract/keys.ts'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { formatAgo, joinList } from '../../ui/format.ts'

/** One stored key: its name, its end, who uses it; never the key. */
export function KeyRow({
  secret,
  title,
  ownerTitle,
  usable,
  onTest,
  onReplace,
  onRemove,
}: {
  secret: SecretInfo
  title: string
  /** The skill that it is for alone; null where skills share it. */
  ownerTitle: string | null
  usable: boolean
  onTest: () => void
  onReplace: () => void
  onRemove: () => void
}): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-raised p-4">
      <span
        aria-hidden
        className="grid size-10 shrink-0 place-items-center rounded-md bg-brand-soft text-brand"
      >
        <KeyRound size={20} strokeWidth={1.75} />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold break-all">
          {title}
          {secret.lastFour === '' ? null : (
            <span dir="ltr" className="ms-2 font-mono text-[13px] font-normal whitespace-nowrap text-ink-3">
              <span className="sr-only">{t('ends in')} </span>
              <span aria-hidden>••••</span>
              {secret.lastFour}
            </span>
          )}
        </h2>
        {title === secret.name ? null : <p className="text-sm text-ink-3">{secret.name}</p>}
        {ownerTitle === null ? null : (
          <p className="text-sm text-ink-2">{t('Only for {{skill}}.', { skill: ownerTitle })}</p>
        )}
        {secret.usedBy.length === 0 ? (
          <p className="text-sm text-ink-3">{t('No installed skill uses it.')}</p>
        ) : (
          secret.usedBy.map((use) => (
            <p key={use.slug} className="text-sm text-ink-2">
              {t('{{title}} uses it for {{hosts}}.', { title: use.title, hosts: joinList(use.hosts) })}
            </p>
          ))
        )}
        <p className="text-sm text-ink-3">
          {secret.lastUsedAt === null
            ? t('Not used yet.')
            : t('Last used {{when}}.', { when: formatAgo(secret.lastUsedAt) })}
        </p>
      </div>
      <div className="flex gap-1.5">
        <Button
          size="small"
          isDisabled={!usable}
          aria-label={t('Test {{title}}', { title })}
          onPress={onTest}
        >
          {t('Test')}
        </Button>
        <Button
          size="small"
          isDisabled={!usable}
          aria-label={t('Replace {{title}}', { title })}
          onPress={onReplace}
        >
          {t('Replace')}
        </Button>
        <Button
          size="small"
          isDisabled={!usable}
          aria-label={t('Remove {{title}}', { title })}
          onPress={onRemove}
        >
          {t('Remove')}
        </Button>
      </div>
    </li>
  )
}
