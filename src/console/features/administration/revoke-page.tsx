import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { useChange } from '../../query.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Incidents } from './incidents.tsx'
import { Page } from '../../ui/page.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { severities, severityWords, type Severity } from '../../words.ts'

/** Withdraws a release from everybody, after its name was typed twice. */
export function RevokePage(): ReactNode {
  return (
    <Page
      title={t('Withdraw a release')}
      subtitle={t('New installs are refused at once; whoever has it stops running it within minutes.')}
    >
      <Section title={t('What is withdrawn')}>
        <RevokeForm />
      </Section>
      <Incidents />
    </Page>
  )
}

function RevokeForm(): ReactNode {
  const notice = useNotice()
  const [slug, setSlug] = useState('')
  const [version, setVersion] = useState('')
  const [reason, setReason] = useState('')
  const [severity, setSeverity] = useState<Severity>('high')
  const [rotate, setRotate] = useState('')
  const [typed, setTyped] = useState('')
  const wanted = version.trim() === '' ? slug.trim() : `${slug.trim()} ${version.trim()}`
  const confirmed = wanted !== '' && typed.trim() === wanted
  const revoke = useChange<null, unknown>((api) =>
    api.call('POST', '/api/revocations', {
      slug: slug.trim(),
      version: version.trim() === '' ? '*' : version.trim(),
      reason: reason.trim(),
      severity,
      rotate: rotate.split(/[\s,]+/).filter((name) => name !== ''),
    }),
  )
  return (
    <form
      aria-label={t('Withdraw')}
      className="flex max-w-150 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!confirmed || reason.trim() === '') return
        revoke.mutate(null, {
          onSuccess: () => {
            notice({ text: t('{{release}} is withdrawn from everybody.', { release: wanted }), stays: true })
            for (const clear of [setSlug, setVersion, setReason, setRotate, setTyped]) clear('')
          },
        })
      }}
    >
      <TextInput
        label={t('Name of the skill')}
        description={t('As in its address')}
        value={slug}
        onChange={setSlug}
      />
      <TextInput
        label={t('Version')}
        description={t('Empty: every version, also those to come')}
        required={false}
        value={version}
        onChange={setVersion}
      />
      <TextInput
        label={t('Why')}
        description={t('Shown to everybody who has it')}
        value={reason}
        onChange={setReason}
        multiline
      />
      <div className="flex items-center gap-3">
        <span className="font-medium">{t('How grave it is')}</span>
        <Choose
          label={t('How grave it is')}
          value={severity}
          onChange={setSeverity}
          choices={severities.map((id) => ({ id, label: severityWords()[id] }))}
        />
      </div>
      <TextInput
        label={t('Keys that people should replace')}
        description={t('Names as in skill.toml, with spaces between: what the skill may have given away')}
        required={false}
        value={rotate}
        onChange={setRotate}
      />
      <TextInput
        label={t('To confirm, type what is withdrawn')}
        description={wanted === '' ? t('Its name, and its version if you gave one') : wanted}
        value={typed}
        onChange={setTyped}
      />
      <p className="text-ink-2">
        {t('A withdrawal is never taken back: a corrected skill comes as a new version.')}
      </p>
      {revoke.isError ? <ErrorNote error={revoke.error} /> : null}
      <Button
        look="primary"
        type="submit"
        className="self-start"
        isDisabled={!confirmed || reason.trim() === ''}
        isPending={revoke.isPending}
      >
        {t('Withdraw from everybody')}
      </Button>
    </form>
  )
}
