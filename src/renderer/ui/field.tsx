import { Eye, EyeOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import {
  Button,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components'
import { t } from '../../shared/i18n/t.ts'

export const inputLook =
  'w-full rounded-md border border-edge bg-raised px-3 py-2 text-ink data-invalid:border-bad data-disabled:opacity-60'

/** The name of a field; required ones say so in words. */
export function FieldLabel({
  children,
  required = false,
}: {
  children: ReactNode
  required?: boolean
}): ReactNode {
  return (
    <Label className="font-medium">
      {children}
      {required ? null : <span className="font-normal text-ink-3"> {t('(optional)')}</span>}
    </Label>
  )
}

/** What the field is for, and what is wrong with its value. */
export function FieldNotes({
  description,
  problem,
}: {
  description?: string | undefined
  problem?: string | undefined
}): ReactNode {
  return (
    <>
      {description === undefined ? null : (
        <Text slot="description" className="text-sm text-ink-3">
          <bdi>{description}</bdi>
        </Text>
      )}
      <FieldError className="text-sm font-medium text-bad">{problem}</FieldError>
    </>
  )
}

/** One line or several lines of text. `required` marks the field; whether it may be empty is the form's rule. */
export function TextInput({
  label,
  description,
  problem,
  required = true,
  multiline = false,
  ...props
}: Omit<TextFieldProps, 'children' | 'className'> & {
  label: string
  description?: string | undefined
  problem?: string | undefined
  required?: boolean
  multiline?: boolean
}): ReactNode {
  return (
    <TextField {...props} isInvalid={problem !== undefined} className="flex flex-col gap-1.5">
      <FieldLabel required={required}>{label}</FieldLabel>
      {multiline ? (
        <TextArea className={`${inputLook} min-h-28 resize-y`} rows={5} />
      ) : (
        <Input className={inputLook} />
      )}
      <FieldNotes description={description} problem={problem} />
    </TextField>
  )
}

/** A secret: hidden until the person asks to see it, never remembered by the window. */
export function SecretInput({
  label,
  description,
  required = true,
  value,
  onChange,
  autoFocus = false,
}: {
  label: string
  description?: string
  required?: boolean
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
}): ReactNode {
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <TextField
      type={shown ? 'text' : 'password'}
      value={value}
      onChange={onChange}
      autoComplete="off"
      spellCheck="false"
      autoFocus={autoFocus}
      className="flex flex-col gap-1.5"
    >
      <FieldLabel required={required}>{label}</FieldLabel>
      <div className="relative">
        <Input className={`${inputLook} pe-11 font-mono`} />
        <Button
          aria-label={shown ? t('Hide {{label}}', { label }) : t('Show {{label}}', { label })}
          onPress={() => setShown(!shown)}
          className="absolute inset-y-1 end-1 grid w-9 place-items-center rounded-sm text-ink-2 data-hovered:bg-sunk"
        >
          <Icon size={18} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
      <FieldNotes description={description} />
    </TextField>
  )
}
