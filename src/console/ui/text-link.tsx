import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'

export function TextLink({ href, children }: { href: string; children: ReactNode }): ReactNode {
  return (
    <Link
      href={href}
      className="font-medium text-ink underline decoration-edge underline-offset-3 data-hovered:decoration-current"
    >
      {children}
    </Link>
  )
}
