import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'

/** One of a short list, folded until it is wanted. `quiet`: beside what matters more. `label` is for screen readers. */
export function Choose<T extends string>({
  label,
  value,
  onChange,
  choices,
  trigger,
  quiet = false,
  isDisabled = false,
}: {
  label: string
  value: T
  onChange: (value: T) => void
  choices: readonly { id: T; label: string }[]
  /** What the button shows in place of the choice that was made. */
  trigger?: ReactNode
  quiet?: boolean
  isDisabled?: boolean
}): ReactNode {
  return (
    <Select
      aria-label={label}
      isDisabled={isDisabled}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(key as T)
      }}
    >
      <Button
        className={`flex items-center gap-1.5 rounded-md transition-colors duration-150 data-disabled:opacity-60 data-hovered:bg-sunk ${quiet ? 'min-h-7 px-2 text-sm text-ink-2' : 'min-h-8 border border-edge bg-raised px-3 py-1 font-medium'}`}
      >
        {trigger ?? (
          <>
            <SelectValue />
            <ChevronDown aria-hidden size={16} strokeWidth={1.75} className="text-ink-3" />
          </>
        )}
      </Button>
      <Popover
        placement="bottom end"
        className="min-w-(--trigger-width) rounded-md border border-line bg-raised p-1 shadow-lifted data-entering:animate-[appear_120ms_ease-out]"
      >
        <ListBox items={choices} className="outline-none">
          {(choice) => (
            <ListBoxItem
              textValue={choice.label}
              className="flex cursor-default items-center justify-between gap-4 rounded-sm px-3 py-2 outline-offset-[-2px] data-focused:bg-sunk"
            >
              {({ isSelected }) => (
                <>
                  {choice.label}
                  {isSelected ? <Check aria-hidden size={16} strokeWidth={2} className="text-ok" /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
