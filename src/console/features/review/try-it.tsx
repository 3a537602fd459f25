import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { Switch } from '../../../renderer/ui/switch.tsx'
import { useChange, useGet } from '../../query.ts'
import { CheckList } from '../../ui/check-list.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { capabilityWords } from '../../words.ts'
import {
  isPlace,
  startingTrial,
  toTrialRequest,
  type AskedInput,
  type Asks,
  type TrialRequest,
  type TrialValues,
} from './trial.ts'
import { t } from '../../../shared/i18n/t.ts'
import { say } from '../../../shared/i18n/say.ts'

/** Asks for what a test run is given and allowed, and starts it. */
export function TryIt({ path }: { path: string }): ReactNode {
  const query = useGet<Asks>(`${path}/asks`)
  if (query.isError)
    return (
      <p className="min-w-0 text-ink-2">
        {t('It can’t be run here: {{problem}}', { problem: say(query.error.message) })}
      </p>
    )
  return query.data === undefined ? null : <TryDialog path={path} asks={query.data} />
}

function TryDialog({ path, asks }: { path: string; asks: Asks }): ReactNode {
  const start = useChange<TrialRequest, unknown>((api, body) => api.call('POST', `${path}/trial`, body))
  const [filled, setFilled] = useState<TrialValues>(() => startingTrial(asks))
  const [grants, setGrants] = useState<string[]>([])
  // Keys are somebody's own: no skill that nobody has read gets any.
  const grantable = asks.capabilities.filter(({ name }) => name !== 'env:read')
  const missing = asks.inputs.some(({ name, required }) => required && filled.values[name] === '')
  return (
    <FormDialog
      label={t('Run it in the sandbox')}
      title={t('Run it in the sandbox')}
      submit={t('Run it')}
      isReady={!missing}
      onOpen={() => {
        setFilled(startingTrial(asks))
        // Going online reaches somebody else's computer: that much is for the reviewer to say.
        setGrants(grantable.map(({ name }) => name).filter((name) => name !== 'net'))
      }}
      onSubmit={() => start.mutateAsync(toTrialRequest(asks, filled, grants))}
    >
      <p className="text-ink-2">
        {t(
          'It runs on the registry’s computer, sees what you give it here and nothing else, and gets no keys.',
        )}
      </p>
      {asks.inputs.map((input) => (
        <Field key={input.name} input={input} filled={filled} onChange={setFilled} />
      ))}
      {grantable.length === 0 ? null : (
        <>
          <CheckList
            label={t('It may')}
            value={grants}
            onChange={setGrants}
            choices={grantable.map(({ name }) => ({ id: name, label: capabilityWords()[name] ?? name }))}
          />
          <p className="-mt-2 text-sm text-ink-3">
            {t('It is started only where it may do all that it asks for.')}
          </p>
        </>
      )}
    </FormDialog>
  )
}

function Field({
  input,
  filled,
  onChange,
}: {
  input: AskedInput
  filled: TrialValues
  onChange: (filled: TrialValues) => void
}): ReactNode {
  const { name, title, required, options } = input
  const value = filled.values[name] ?? ''
  const description = input.description ?? undefined
  const set = (next: string | boolean) => onChange({ ...filled, values: { ...filled.values, [name]: next } })
  if (input.type === 'boolean')
    return <Switch label={title} description={description} isSelected={value === true} onChange={set} />
  if (input.type === 'choice')
    return (
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">{title}</span>
        <Choose
          label={title}
          value={String(value)}
          onChange={set}
          choices={options.map((id) => ({ id, label: id }))}
        />
      </div>
    )
  if (!isPlace(input))
    return (
      <TextInput
        label={title}
        description={description}
        required={required}
        value={String(value)}
        onChange={set}
        {...(input.type === 'number' ? { inputMode: 'decimal' as const } : {})}
        maxLength={20_000}
      />
    )
  return (
    <>
      <TextInput
        label={
          input.type === 'folder'
            ? t('{{input}}: a text to put there', { input: title })
            : t('{{input}}: its text', { input: title })
        }
        description={description}
        required={required}
        value={String(value)}
        onChange={set}
        maxLength={40_000}
        multiline
      />
      <TextInput
        label={input.type === 'folder' ? t('Name of the file in it') : t('Name of the file')}
        value={filled.names[name] ?? ''}
        onChange={(next) => onChange({ ...filled, names: { ...filled.names, [name]: next } })}
        maxLength={80}
      />
    </>
  )
}
