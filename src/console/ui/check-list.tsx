import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Checkbox, CheckboxGroup, Label } from 'react-aria-components'

/** Several of a few. */
export function CheckList({
  label,
  value,
  onChange,
  choices,
}: {
  label: string
  value: string[]
  onChange: (value: string[]) => void
  choices: readonly { id: string; label: string }[]
}): ReactNode {
  return (
    <CheckboxGroup value={value} onChange={onChange} className="flex flex-col gap-1.5">
      <Label className="font-medium">{label}</Label>
      {choices.map((choice) => (
        <Checkbox
          key={choice.id}
          value={choice.id}
          className="group flex min-h-6 cursor-default items-start gap-2.5 rounded-sm"
        >
          <span
            aria-hidden
            className="mt-px grid size-4.5 shrink-0 place-items-center rounded-[5px] border border-edge bg-raised text-transparent group-data-selected:border-brand group-data-selected:bg-brand group-data-selected:text-brand-ink"
          >
            <Check size={14} strokeWidth={2.5} />
          </span>
          {choice.label}
        </Checkbox>
      ))}
    </CheckboxGroup>
  )
}
