import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { SkeletonRows } from '../../renderer/ui/skeleton.tsx'
import type { ApiFailed } from '../api.ts'
import { ErrorNote } from './error-note.tsx'

/** What the registry answered; until then, from half a second on, that it is being asked; or why it didn't. */
export function Answered<T>({
  query,
  label,
  children,
}: {
  query: UseQueryResult<T, ApiFailed>
  label: string
  children: (data: T) => ReactNode
}): ReactNode {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div className="animate-[appear_150ms_ease-out_500ms_backwards]">
      <SkeletonRows count={3} label={label} />
    </div>
  )
}
