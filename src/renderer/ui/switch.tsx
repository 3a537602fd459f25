import { useId, type ReactNode } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'

/** On or off. `description` says what follows from it. */
export function Switch({
  label,
  description,
  isSelected,
  onChange,
  isDisabled = false,
}: {
  label: string
  description?: string | undefined
  isSelected: boolean
  onChange: (isSelected: boolean) => void
  isDisabled?: boolean
}): ReactNode {
  const notes = useId()
  return (
    <div>
      <AriaSwitch
        {...(description === undefined ? {} : { 'aria-describedby': notes })}
        isSelected={isSelected}
        onChange={onChange}
        isDisabled={isDisabled}
        className="group flex w-fit items-center gap-3 py-1"
      >
        <span className="flex h-6 w-10 shrink-0 items-center rounded-full border border-edge bg-sunk p-0.5 outline-offset-2 transition-colors duration-150 group-data-disabled:opacity-60 group-data-focus-visible:outline-2 group-data-focus-visible:outline-focus group-data-selected:border-brand group-data-selected:bg-brand">
          <span className="size-4.5 rounded-full bg-edge transition-transform duration-150 ease-calm group-data-selected:translate-x-4 rtl:group-data-selected:-translate-x-4 group-data-selected:bg-brand-ink" />
        </span>
        <span className="font-medium">{label}</span>
      </AriaSwitch>
      {description === undefined ? null : (
        <p id={notes} className="mt-0.5 text-sm text-ink-3">
          {description}
        </p>
      )}
    </div>
  )
}
