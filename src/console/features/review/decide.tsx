import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { useChange } from '../../query.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** Approve or send back, each with a comment. */
export function Decide({ id, name }: { id: string; name: string }): ReactNode {
  const notice = useNotice()
  const [comment, setComment] = useState('')
  const [asked, setAsked] = useState(false)
  const path = `/api/submissions/${encodeURIComponent(id)}`
  const approve = useChange<null, { missing: number }>((api) =>
    api.call('POST', `${path}/approve`, { comment: comment.trim() }),
  )
  const reject = useChange<null, unknown>((api) =>
    api.call('POST', `${path}/reject`, { comment: comment.trim() }),
  )
  const pending = approve.isPending || reject.isPending
  const error = approve.error ?? reject.error
  const sendBack = () => {
    if (comment.trim() === '') return setAsked(true)
    return reject.mutate(null, {
      onSuccess: () => notice({ text: t('{{submission}} was sent back.', { submission: name }) }),
    })
  }
  return (
    <Section title={t('Your decision')}>
      <div className="flex flex-col gap-4">
        <TextInput
          label={t('Comment for the publisher')}
          required={false}
          problem={asked && comment.trim() === '' ? t('Say why it is sent back.') : undefined}
          value={comment}
          onChange={setComment}
          maxLength={2000}
          multiline
        />
        {error === null ? null : <ErrorNote error={error} />}
        <div className="flex flex-wrap gap-2">
          <Button
            look="primary"
            isDisabled={reject.isPending}
            isPending={approve.isPending}
            onPress={() =>
              approve.mutate(null, {
                onSuccess: ({ missing }) =>
                  notice({
                    text:
                      missing === 0
                        ? t('{{submission}} is approved.', { submission: name })
                        : t('Your approval counts; {{count}} more reviewers must approve {{submission}}.', {
                            count: missing,
                            submission: name,
                          }),
                  }),
              })
            }
          >
            {t('Approve')}
          </Button>
          <Button isDisabled={pending} isPending={reject.isPending} onPress={sendBack}>
            {t('Send back')}
          </Button>
        </div>
      </div>
    </Section>
  )
}
