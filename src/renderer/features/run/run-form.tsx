import { useEffect, useRef, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { useBridge } from '../../bridge.ts'
import { Button } from '../../ui/button.tsx'
import { useAnnounce } from '../../ui/announce.tsx'
import { problemsOf, startingValues, toInputValues, type FormValue } from './form-values.ts'
import { InputField } from './input-field.tsx'

/** A form made from the inputs of a skill or a chain. Problems are said once the person has tried to run, and then follow each change. */
export function RunForm({
  title,
  inputs,
  earlier,
  runLabel = t('Run'),
  needsNothing = t('This skill needs nothing from you. Just run it.'),
  isDisabled = false,
  onRun,
  onCancel,
}: {
  /** Of what is run. */
  title: string
  inputs: SkillManifest['run']['inputs']
  earlier: InputValues | undefined
  runLabel?: string
  needsNothing?: string
  /** Something else has to be done first. */
  isDisabled?: boolean
  onRun: (inputs: InputValues) => void
  /** Back to the earlier run; absent while there is none. */
  onCancel?: (() => void) | undefined
}): ReactNode {
  const [values, setValues] = useState(() => startingValues(inputs, earlier))
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const announce = useAnnounce()
  const mac = useBridge().platform === 'darwin'
  const problems = problemsOf(inputs, values)
  const names = Object.keys(inputs)
  const run = () => {
    setTried(true)
    const wrong = Object.keys(problems)
    if (wrong.length === 0) {
      onRun(toInputValues(inputs, values))
      return
    }
    announce(t('{{count}} answers missing or wrong', { count: wrong.length }))
    const [first] = wrong
    const field = form.current?.querySelector<HTMLElement>(`[data-field="${first}"]`)
    field?.querySelector<HTMLElement>('input, textarea, button')?.focus()
  }
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(mac ? event.metaKey : event.ctrlKey)) return
      event.preventDefault()
      form.current?.requestSubmit()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [mac])
  const set = (name: string, value: FormValue) => setValues((now) => ({ ...now, [name]: value }))
  return (
    <form
      ref={form}
      noValidate
      aria-label={t('Run {{title}}', { title })}
      className="flex max-w-160 flex-col gap-5 rounded-lg border border-line bg-raised p-6"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isDisabled) run()
      }}
    >
      {names.length === 0 ? <p className="text-ink-2">{needsNothing}</p> : null}
      {Object.entries(inputs).map(([name, input]) => (
        <div key={name} data-field={name}>
          <InputField
            input={input}
            value={values[name] ?? null}
            onChange={(value) => set(name, value)}
            problem={tried ? problems[name] : undefined}
          />
        </div>
      ))}
      <div className="sticky bottom-0 -mx-6 -mb-6 flex items-center gap-3 rounded-b-lg border-t border-line bg-raised px-6 py-4">
        <Button
          type="submit"
          look="primary"
          isDisabled={isDisabled}
          aria-keyshortcuts={mac ? 'Meta+Enter' : 'Control+Enter'}
        >
          {runLabel}
        </Button>
        {onCancel === undefined ? null : <Button onPress={onCancel}>{t('Cancel')}</Button>}
        <span className="text-sm text-ink-3">
          {t('or press {{keys}}', { keys: `${mac ? '⌘' : t('Ctrl')} + ${t('Enter')}` })}
        </span>
      </div>
    </form>
  )
}
