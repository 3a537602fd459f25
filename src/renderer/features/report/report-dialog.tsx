import { useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import { maxReportContact, maxReportWords } from '../../../shared/report-limits.ts'
import type { ReportKind } from '../../../shared/skill-report.ts'
import { refresh, useCall, useChange } from '../../query.ts'
import { rich } from '../../ui/rich.tsx'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { TextInput } from '../../ui/field.tsx'
import { useRemoval } from '../library/removal.ts'
import { kindWords } from './report-words.ts'

export interface ReportTarget {
  slug: string
  title: string
  /** The version that the person looks at. */
  version: string
}

/** What the person has written so far. */
export interface Draft {
  kind: ReportKind | null
  words: string
  contact: string
}

/** "Report a problem": what is wrong, in the person's own words, and all that is sent. `onClose` gives what wasn't. */
export function ReportDialog({
  target,
  draft: before,
  onClose,
}: {
  target: ReportTarget
  draft: Draft
  onClose: (left: Draft | null) => void
}): ReactNode {
  const { slug, title, version } = target
  const client = useQueryClient()
  const [draft, setDraft] = useState(before)
  const send = useChange('skills.report')
  const { kind } = draft
  const words = draft.words.trim()
  const contact = draft.contact.trim()
  const left = kind === null ? t('Choose what is wrong.') : words === '' ? t('Say what happened.') : null
  const submit = () => {
    if (kind === null || words === '' || send.isPending) return
    send.mutate(
      { slug, version, kind, words, contact: contact === '' ? null : contact },
      { onSuccess: () => refresh(client, ['audit.list']) },
    )
  }
  if (send.isSuccess)
    return <Arrived target={target} id={send.data.id} contact={contact} onClose={() => onClose(null)} />
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  return (
    <DecisionDialog
      isOpen
      onClose={() => onClose(draft)}
      title={t('Report a problem with {{title}}', { title })}
      subtitle={<WhatIsSent target={target} />}
      footer={
        <>
          <p role="status" className="me-auto min-w-0 text-ink-3">
            {send.isError ? t('Not sent. What you wrote stays here.') : left}
          </p>
          <Button onPress={() => onClose(draft)}>{t('Cancel')}</Button>
          <Button look="primary" isDisabled={left !== null} isPending={send.isPending} onPress={submit}>
            {send.isPending ? t('Sending…') : t('Send the report')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {send.isError ? (
          // Below the fold it would be missed.
          <div tabIndex={-1} ref={(note) => note?.focus()} className="outline-none">
            <ErrorNote linked={false} error={send.error} />
          </div>
        ) : null}
        <Kinds value={kind} onChange={(chosen) => change({ kind: chosen })} />
        <TextInput
          label={t('What happened?')}
          description={t('What you did and what you saw. Leave passwords, keys and private files out.')}
          multiline
          isRequired
          validationBehavior="aria"
          maxLength={maxReportWords}
          value={draft.words}
          onChange={(text) => change({ words: text })}
        />
        <TextInput
          label={t('How may we reach you?')}
          required={false}
          description={t('An e-mail address, for example. Without one nobody can write to you.')}
          maxLength={maxReportContact}
          value={draft.contact}
          onChange={(text) => change({ contact: text })}
        />
      </div>
    </DecisionDialog>
  )
}

function Kinds({
  value,
  onChange,
}: {
  value: ReportKind | null
  onChange: (kind: ReportKind) => void
}): ReactNode {
  return (
    <RadioGroup
      value={value}
      onChange={(chosen) => onChange(chosen as ReportKind)}
      isRequired
      validationBehavior="aria"
      className="flex flex-col gap-1.5"
    >
      <Label className="font-medium">{t('What is wrong?')}</Label>
      <div className="divide-y divide-line rounded-lg border border-line">
        {kindWords().map(({ id, title, example }) => (
          <Radio
            key={id}
            value={id}
            className="group flex gap-3 px-4 py-2 outline-offset-[-2px] transition-colors duration-150 first:rounded-t-lg last:rounded-b-lg data-hovered:bg-sunk data-selected:bg-sunk"
          >
            <span
              aria-hidden
              className="mt-1 grid size-4 shrink-0 place-items-center rounded-full border border-edge bg-raised group-data-selected:border-[5px] group-data-selected:border-brand"
            />
            <span className="min-w-0">
              <span className="block font-medium">{title}</span>
              <span className="block text-sm text-ink-3">{example}</span>
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}

/** What leaves this computer, and where to: always in sight. */
function WhatIsSent({ target: { slug, version } }: { target: ReportTarget }): ReactNode {
  const info = useCall('app.info', null, { staleTimeMs: Infinity })
  return (
    <p>
      {rich(
        t(
          'What you fill in here goes to the people who run <registry>{{registry}}</registry>, with the name of the skill and its version, {{slug}} {{version}}. Nothing else does.',
          { registry: info.data?.registry || t('the registry'), slug, version },
        ),
        { registry: (name) => <span className="break-all">{name}</span> },
      )}{' '}
      {info.data?.hasApiKey === true
        ? t('Your key tells them which account wrote; the publisher isn’t told.')
        : info.data?.hasApiKey === false
          ? t('They aren’t told who wrote, unless you say so.')
          : null}
    </p>
  )
}

function Arrived({
  target: { slug, title },
  id,
  contact,
  onClose,
}: {
  target: ReportTarget
  id: string
  contact: string
  onClose: () => void
}): ReactNode {
  const remove = useRemoval()
  const library = useCall('library.list', null)
  const installed = library.data?.find((skill) => skill.slug === slug)
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      title={t('Thank you')}
      footer={
        <>
          {installed === undefined ? null : (
            <Button
              onPress={() => {
                onClose()
                void remove(installed)
              }}
            >
              {t('Remove {{title}}', { title })}
            </Button>
          )}
          <Button look="primary" autoFocus onPress={onClose}>
            {t('Done')}
          </Button>
        </>
      }
    >
      <div role="status" className="flex items-start gap-3 rounded-lg bg-ok-soft p-4">
        <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-ok" />
        <div className="min-w-0">
          <p className="font-semibold text-ok">{t('Your report about {{title}} has arrived.', { title })}</p>
          <p className="mt-0.5 text-sm text-ink-2">
            {rich(t('The registry calls it <id>{{id}}</id>.', { id }), {
              id: (text) => <span className="break-all select-text">{text}</span>,
            })}
          </p>
        </div>
      </div>
      <h3 className="mt-5 mb-1.5 font-medium">{t('What happens next')}</h3>
      <ul className="flex list-disc flex-col gap-1.5 ps-5 text-ink-2">
        <li>{t('Somebody of the registry reads it, the gravest reports first.')}</li>
        <li>
          {installed === undefined
            ? t(
                'If {{title}} is dangerous, nobody gets it any more, and Skillet warns everybody who has it.',
                { title },
              )
            : t(
                'If {{title}} is dangerous, nobody gets it any more, and Skillet warns everybody who has it, you too.',
                { title },
              )}
        </li>
        <li>
          {contact === ''
            ? t('Nobody will write to you, as you left no way to reach you.')
            : t('If something is unclear, they write to {{contact}}.', { contact })}
        </li>
        {installed === undefined ? null : (
          <li>{t('Until then it stays as it is. If you are in doubt, don’t run it, or remove it.')}</li>
        )}
      </ul>
    </DecisionDialog>
  )
}
