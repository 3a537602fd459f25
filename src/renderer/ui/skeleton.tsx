import type { ReactNode } from 'react'

/** A quiet placeholder in the shape of what is coming. */
export function Skeleton({ className = '' }: { className?: string }): ReactNode {
  return (
    <span
      aria-hidden
      className={`block animate-[breathe_1.6s_ease-in-out_infinite] rounded-sm bg-line/70 ${className}`}
    />
  )
}

/** Rows of a list that is still loading. */
export function SkeletonRows({ count, label }: { count: number; label: string }): ReactNode {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className="h-16 w-full rounded-lg" />
      ))}
    </div>
  )
}
