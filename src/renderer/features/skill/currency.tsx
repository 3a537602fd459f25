import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { useNow } from '../../now.ts'
import { currencyWords } from './provenance-words.ts'

/** Says whether the registry still stands by this version. */
export function Currency({ current }: { current: Provenance['current'] }): ReactNode {
  const { isCurrent, text } = currencyWords(current, useNow(current?.validUntil ?? null))
  const Icon = isCurrent ? CircleCheck : TriangleAlert
  return (
    <p className={`flex gap-2 ${isCurrent ? 'text-ink-2' : 'text-warn'}`}>
      <Icon
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className={`mt-px shrink-0 ${isCurrent ? 'text-ok' : 'text-warn'}`}
      />
      {text}
    </p>
  )
}
