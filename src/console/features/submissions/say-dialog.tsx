import { useState, type ReactNode } from 'react'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { FormDialog } from '../../ui/dialog.tsx'

/** Asks for the reason of something, in words. */
export function SayDialog({
  label,
  title,
  submit,
  question,
  description,
  look = 'plain',
  maxLength = 2000,
  onSay,
}: {
  label: string
  title: string
  submit: string
  question: string
  description?: string
  look?: 'plain' | 'quiet'
  maxLength?: number
  onSay: (words: string) => Promise<unknown>
}): ReactNode {
  const [words, setWords] = useState('')
  return (
    <FormDialog
      label={label}
      title={title}
      submit={submit}
      look={look}
      isReady={words.trim() !== ''}
      onOpen={() => setWords('')}
      onSubmit={() => onSay(words.trim())}
    >
      <TextInput
        label={question}
        description={description}
        value={words}
        onChange={setWords}
        maxLength={maxLength}
        multiline
        autoFocus
      />
    </FormDialog>
  )
}
