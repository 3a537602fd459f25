import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  Link as AriaLink,
  type ButtonProps as AriaButtonProps,
  type LinkProps as AriaLinkProps,
} from 'react-aria-components'

type Look = 'primary' | 'plain' | 'quiet'

const base =
  'inline-flex items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap select-none ' +
  'transition-colors duration-150 ease-calm data-disabled:opacity-50 data-pending:opacity-70'
const sizes = { normal: 'min-h-9 px-4 py-1.5', small: 'min-h-8 px-3 py-1', icon: 'size-9 p-0' }
const looks: Record<Look, string> = {
  primary:
    'bg-brand text-brand-ink border border-transparent data-hovered:bg-brand-strong data-pressed:bg-brand-strong',
  plain: 'bg-raised text-ink border border-edge/60 data-hovered:bg-sunk data-pressed:bg-line',
  quiet:
    'text-ink-2 border border-transparent data-hovered:bg-sunk data-hovered:text-ink data-pressed:bg-line',
}

interface Shape {
  look?: Look
  size?: keyof typeof sizes
  className?: string
}

/** `primary` is for the one thing to do next; `plain` for other actions; `quiet` where a border would be noise. */
export function Button({
  look = 'plain',
  size = 'normal',
  className = '',
  ...props
}: Omit<AriaButtonProps, 'className'> & Shape): ReactNode {
  return <AriaButton {...props} className={`${base} ${sizes[size]} ${looks[look]} ${className}`} />
}

/** A link that looks like a button: it leads to another page. */
export function LinkButton({
  look = 'plain',
  size = 'normal',
  className = '',
  ...props
}: Omit<AriaLinkProps, 'className'> & Shape): ReactNode {
  return <AriaLink {...props} className={`${base} ${sizes[size]} ${looks[look]} ${className}`} />
}
