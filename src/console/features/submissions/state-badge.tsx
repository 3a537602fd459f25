import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { stateWords } from '../../words.ts'

export function StateBadge({ state }: { state: string }): ReactNode {
  const words = stateWords()[state] ?? { label: state, tone: 'neutral' as const }
  return <Badge tone={words.tone}>{words.label}</Badge>
}
