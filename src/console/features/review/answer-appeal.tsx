import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { useChange } from '../../query.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** Answers the publisher's objection; where it is right, the submission is checked anew. */
export function AnswerAppeal({ id }: { id: string }): ReactNode {
  const [words, setWords] = useState('')
  const answer = useChange<boolean, unknown>((api, granted) =>
    api.call('POST', `/api/submissions/${encodeURIComponent(id)}/appeal/answer`, {
      answer: words.trim(),
      granted,
    }),
  )
  const isDisabled = words.trim() === '' || answer.isPending
  return (
    <div className="mt-4 flex flex-col gap-3">
      <TextInput label={t('Your answer')} value={words} onChange={setWords} maxLength={2000} multiline />
      {answer.isError ? <ErrorNote error={answer.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button isDisabled={isDisabled} onPress={() => answer.mutate(true)}>
          {t('They are right: check it again')}
        </Button>
        <Button isDisabled={isDisabled} onPress={() => answer.mutate(false)}>
          {t('It stays as it is')}
        </Button>
      </div>
    </div>
  )
}
