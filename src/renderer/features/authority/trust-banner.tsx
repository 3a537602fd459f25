import { CloudOff, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useNow } from '../../now.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { useTrustCheck } from './trust-check.ts'
import { trustState } from './trust-words.ts'

/** Above every page: loud where the registry's word no longer holds, a quiet line where only the connection is gone. */
export function TrustBanner(): ReactNode {
  const status = useCall('trust.status', null)
  const { check, checking } = useTrustCheck()
  const now = useNow(status.data?.validUntil ?? null)
  // Where the engine itself does not open, every page says why.
  const state = status.data === undefined ? { kind: 'fine' as const } : trustState(status.data, now)
  if (state.kind === 'fine') return null
  if (state.kind === 'offline')
    return (
      <p
        role="status"
        className="flex items-center gap-2 border-b border-line px-8 py-1.5 text-sm text-ink-3"
      >
        <CloudOff aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
        {state.text}
      </p>
    )
  return (
    <div role="alert" className="flex items-start gap-3 border-b border-line bg-warn-soft px-8 py-3.5">
      <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-warn" />
      <div className="min-w-0 flex-1 select-text">
        <p className="font-semibold text-warn">{state.title}</p>
        <p className="mt-0.5">
          {state.text} {state.remedy}
        </p>
      </div>
      <div className="flex shrink-0 gap-2">
        <LinkButton size="small" href={hrefs.settings}>
          {t('See more')}
        </LinkButton>
        <Button size="small" isPending={checking} onPress={check}>
          {checking ? t('Checking…') : t('Try again')}
        </Button>
      </div>
    </div>
  )
}
