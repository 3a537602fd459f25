import { Search, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { inputLook } from './field.tsx'

/** Narrows a list that is on the page already. */
export function SearchBox({
  label,
  text,
  onText,
}: {
  label: string
  text: string
  onText: (text: string) => void
}): ReactNode {
  return (
    <SearchField aria-label={label} value={text} onChange={onText} className="group relative mb-4 max-w-md">
      <Search
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className="pointer-events-none absolute top-2.5 start-3 text-ink-3"
      />
      <Input
        placeholder={label}
        className={`${inputLook} pe-11 ps-10 [&::-webkit-search-cancel-button]:hidden`}
      />
      <Button className="absolute inset-y-0.5 end-0.5 grid w-9 place-items-center rounded-sm text-ink-2 group-data-empty:hidden data-hovered:bg-sunk">
        <X size={18} strokeWidth={1.75} aria-hidden />
      </Button>
    </SearchField>
  )
}
