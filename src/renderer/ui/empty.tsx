import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** Says what will be here and offers the first step. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon
  title: string
  children: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed border-line px-6 py-14 text-center">
      <span aria-hidden className="mb-4 grid size-12 place-items-center rounded-full bg-sunk text-ink-2">
        <Icon size={22} strokeWidth={1.75} />
      </span>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-1 max-w-md text-ink-2">{children}</div>
      {action === undefined ? null : <div className="mt-5 flex gap-2">{action}</div>}
    </div>
  )
}
