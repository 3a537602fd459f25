import type { ReactNode } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'

export interface Choice<T extends string> {
  id: T
  label: string
  /** The colour of this side once it is chosen. */
  chosen?: 'ok' | 'bad' | 'ink'
}

const chosenLook = {
  ok: 'data-selected:bg-ok-soft data-selected:text-ok',
  bad: 'data-selected:bg-bad-soft data-selected:text-bad',
  ink: 'data-selected:bg-ink data-selected:text-ground',
}

/** One of a few, each side weighing the same until one is chosen. `value` null: not answered yet. */
export function Segmented<T extends string>({
  label,
  value,
  onChange,
  choices,
  isDisabled = false,
}: {
  label: string
  value: T | null
  onChange: (value: T) => void
  choices: readonly Choice<T>[]
  isDisabled?: boolean
}): ReactNode {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      isDisabled={isDisabled}
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => {
        const [key] = keys
        if (key !== undefined) onChange(key as T)
      }}
      className="inline-flex shrink-0 rounded-md border border-edge bg-raised"
    >
      {choices.map((choice) => (
        <ToggleButton
          key={choice.id}
          id={choice.id}
          className={`min-h-8 px-3.5 py-1 font-medium whitespace-nowrap transition-colors duration-150 first:rounded-s-[9px] last:rounded-e-[9px] not-first:border-s not-first:border-edge data-hovered:bg-sunk data-disabled:opacity-60 ${chosenLook[choice.chosen ?? 'ink']}`}
        >
          {choice.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
