import { memo, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Choose } from '../../ui/choose.tsx'
import { TextInput } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { Path } from './draft.ts'
import type { Field } from './fields.ts'

interface Props<F extends Field = Field> {
  field: F
  value: unknown
  problem: string | undefined
  onChange: (value: unknown) => void
}

/** One key of the policy. Drawn anew only where something about it changed: there are many of them on the page. */
export const FieldView = memo(function FieldView({
  onSet,
  ...props
}: Omit<Props, 'onChange'> & { onSet: (path: Path, value: unknown) => void }): ReactNode {
  const { path } = props.field
  return <AnyField {...props} onChange={(value) => onSet(path, value)} />
})

function AnyField({ field, ...rest }: Props): ReactNode {
  switch (field.kind) {
    case 'text':
      return (
        <TextInput
          label={field.label}
          value={typeof rest.value === 'string' ? rest.value : ''}
          onChange={(text) => rest.onChange(text === '' ? undefined : text)}
          description={
            field.placeholder === undefined
              ? undefined
              : t('For example {{example}}', { example: field.placeholder })
          }
          problem={rest.problem}
        />
      )
    case 'number':
      return <NumberField field={field} {...rest} />
    case 'choice':
      return <ChoiceField field={field} {...rest} />
    case 'lines':
      return <LinesField field={field} {...rest} />
    case 'some':
      return <SomeField field={field} {...rest} />
  }
}

function NumberField({ field, value, problem, onChange }: Props): ReactNode {
  return (
    <TextInput
      label={field.label}
      inputMode="numeric"
      value={typeof value === 'number' || typeof value === 'string' ? String(value) : ''}
      onChange={(text) =>
        onChange(text.trim() === '' ? undefined : /^\d+$/.test(text.trim()) ? Number(text) : text)
      }
      problem={problem}
    />
  )
}

function ChoiceField({
  field,
  value,
  problem,
  onChange,
}: Props<Extract<Field, { kind: 'choice' }>>): ReactNode {
  const chosen = field.choices.find((one) => one.value === value) ?? field.choices[0]!
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1.5">
      <p className="font-medium">{field.label}</p>
      <Choose
        label={field.label}
        value={chosen.id}
        choices={field.choices}
        onChange={(id) => onChange(field.choices.find((one) => one.id === id)?.value)}
      />
      <Problem problem={problem} />
    </div>
  )
}

function LinesField({
  field,
  value,
  problem,
  onChange,
}: Props<Extract<Field, { kind: 'lines' }>>): ReactNode {
  // What is typed stays as it is typed, unfinished lines too.
  const [text, setText] = useState(() => field.lines.toText(value))
  const isOpen = !field.only || value !== undefined
  const input = (
    <TextInput
      multiline
      label={field.only ? (field.help ?? field.label) : field.label}
      value={text}
      onChange={(next) => {
        setText(next)
        const list = field.lines.toValue(next, value)
        onChange(
          !field.only && Array.isArray(list) && list.length === 0 && !isNeeded(field) ? undefined : list,
        )
      }}
      description={field.only ? undefined : field.help}
      problem={problem}
    />
  )
  if (!field.only) return input
  return (
    <div className="flex flex-col gap-2">
      <Switch
        label={field.label}
        isSelected={isOpen}
        onChange={(on) => {
          setText('')
          onChange(on ? [] : undefined)
        }}
        {...(isOpen && text === '' ? { description: t('The list is empty, so there are none.') } : {})}
      />
      {isOpen ? input : <Problem problem={problem} />}
    </div>
  )
}

/** A ceiling always says which folders, if only that there are none. */
function isNeeded({ path }: Field): boolean {
  return path.join('.') === 'ceiling.fs_write_roots'
}

function SomeField({ field, value, problem, onChange }: Props<Extract<Field, { kind: 'some' }>>): ReactNode {
  const chosen = Array.isArray(value) ? (value as unknown[]) : null
  const choices =
    chosen === null ? null : (
      <ul aria-label={field.label} className="flex flex-col gap-1 ps-4">
        {field.choices.map(({ id, label }) => (
          <li key={id}>
            <Switch
              label={label}
              isSelected={chosen.includes(id)}
              onChange={(on) =>
                onChange(
                  field.choices
                    .map((one) => one.id)
                    .filter((one) => (one === id ? on : chosen.includes(one))),
                )
              }
            />
          </li>
        ))}
      </ul>
    )
  return (
    <div className="flex flex-col gap-2">
      {field.always ? (
        <p className="font-medium">{field.label}</p>
      ) : (
        <Switch
          label={field.label}
          isSelected={chosen !== null}
          onChange={(on) => onChange(on ? field.choices.map(({ id }) => id) : undefined)}
        />
      )}
      {choices}
      <Problem problem={problem} />
    </div>
  )
}

function Problem({ problem }: { problem: string | undefined }): ReactNode {
  if (problem === undefined) return null
  return <p className="text-sm font-medium text-bad">{problem}</p>
}
