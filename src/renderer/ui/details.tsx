import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import { t } from '../../shared/i18n/t.ts'

/** More for those who want it, closed at first. */
export function Details({
  title = t('Details'),
  children,
}: {
  title?: string
  children: ReactNode
}): ReactNode {
  return (
    <Disclosure>
      <Heading level={3}>
        <Button
          slot="trigger"
          className="-ms-2 flex items-center gap-1.5 rounded-sm px-2 py-1.5 font-medium text-ink-2 data-hovered:text-ink"
        >
          <ChevronRight
            aria-hidden
            size={18}
            strokeWidth={1.75}
            className="transition-transform duration-150 [[aria-expanded=true]>&]:rotate-90 rtl:-scale-x-100"
          />
          {title}
        </Button>
      </Heading>
      <DisclosurePanel>
        <div className="mt-2 border-t border-line pt-4">{children}</div>
      </DisclosurePanel>
    </Disclosure>
  )
}
