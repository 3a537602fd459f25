import { ChevronDown, Minus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Button,
  Group,
  Input,
  ListBox,
  ListBoxItem,
  NumberField,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { SkillInput } from '../../../shared/skill-manifest.ts'
import { FieldLabel, FieldNotes, inputLook, TextInput } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { FormValue } from './form-values.ts'
import { PathField } from './path-field.tsx'

interface Props<I> {
  input: I
  value: FormValue
  onChange: (value: FormValue) => void
  problem: string | undefined
}

/** The control that fits an input of a skill. */
export function InputField({ input, value, onChange, problem }: Props<SkillInput>): ReactNode {
  switch (input.type) {
    case 'file':
    case 'folder':
      return (
        <PathField
          input={input}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
          problem={problem}
        />
      )
    case 'string':
      return (
        <TextInput
          label={input.title}
          description={input.description}
          problem={problem}
          required={input.required}
          isRequired={input.required}
          validationBehavior="aria"
          multiline={input.multiline}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      )
    case 'number':
      return <NumberInput input={input} value={value} onChange={onChange} problem={problem} />
    case 'boolean':
      return (
        <Switch
          label={input.title}
          description={input.description}
          isSelected={value === true}
          onChange={onChange}
        />
      )
    case 'choice':
      return <ChoiceInput input={input} value={value} onChange={onChange} problem={problem} />
  }
}

const stepper =
  'grid size-8 place-items-center rounded-sm text-ink-2 data-hovered:bg-sunk data-pressed:bg-line data-disabled:opacity-40'

function NumberInput({
  input,
  value,
  onChange,
  problem,
}: Props<Extract<SkillInput, { type: 'number' }>>): ReactNode {
  return (
    <NumberField
      // Out of range is said in words instead of being corrected silently, so no bounds here.
      value={typeof value === 'number' ? value : Number.NaN}
      onChange={(number) => onChange(Number.isNaN(number) ? null : number)}
      isRequired={input.required}
      validationBehavior="aria"
      isInvalid={problem !== undefined}
      formatOptions={{ maximumFractionDigits: 12 }}
      className="flex flex-col gap-1.5"
    >
      <FieldLabel required={input.required}>{input.title}</FieldLabel>
      <Group className="relative w-44">
        <Input className={`${inputLook} pe-20 tabular-nums`} />
        <span className="absolute inset-y-0.5 end-0.5 flex items-center">
          <Button slot="decrement" className={stepper}>
            <Minus size={16} strokeWidth={1.75} aria-hidden />
          </Button>
          <Button slot="increment" className={stepper}>
            <Plus size={16} strokeWidth={1.75} aria-hidden />
          </Button>
        </span>
      </Group>
      <FieldNotes description={input.description ?? rangeWords(input)} problem={problem} />
    </NumberField>
  )
}

function rangeWords({
  min,
  max,
}: {
  min?: number | undefined
  max?: number | undefined
}): string | undefined {
  if (min !== undefined && max !== undefined) return t('From {{min}} to {{max}}.', { min, max })
  if (min !== undefined) return t('{{min}} or more.', { min })
  return max === undefined ? undefined : t('{{max}} or less.', { max })
}

function ChoiceInput({
  input,
  value,
  onChange,
  problem,
}: Props<Extract<SkillInput, { type: 'choice' }>>): ReactNode {
  const none = '\u0000none'
  const options = [
    ...(input.required ? [] : [{ id: none, label: t('None') }]),
    ...input.options.map((option) => ({ id: option, label: option })),
  ]
  return (
    <Select
      value={typeof value === 'string' ? value : null}
      onChange={(key) => onChange(key === none || key === null ? null : String(key))}
      isRequired={input.required}
      validationBehavior="aria"
      isInvalid={problem !== undefined}
      placeholder={t('Choose…')}
      className="flex flex-col gap-1.5"
    >
      <FieldLabel required={input.required}>{input.title}</FieldLabel>
      <Button
        className={`${inputLook} flex w-fit min-w-56 items-center justify-between gap-3 text-start data-hovered:bg-sunk ${problem === undefined ? '' : 'border-bad'}`}
      >
        <SelectValue className="data-placeholder:text-ink-3" />
        <ChevronDown aria-hidden size={18} strokeWidth={1.75} className="text-ink-3" />
      </Button>
      <FieldNotes description={input.description} problem={problem} />
      <Popover className="max-h-72 min-w-(--trigger-width) overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-lifted">
        <ListBox items={options} className="outline-none">
          {(option) => (
            <ListBoxItem className="cursor-default rounded-sm px-3 py-2 outline-offset-[-2px] data-focused:bg-sunk data-selected:font-semibold">
              {option.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
