import { File, Folder, X } from 'lucide-react'
import { useId, useRef, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { SkillInput } from '../../../shared/skill-manifest.ts'
import { ask, useBridge } from '../../bridge.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { baseName } from '../../ui/format.ts'

/** A file or folder of the person's own, chosen through the system's chooser. Nothing can be typed. */
export function PathField({
  input,
  value,
  onChange,
  problem,
}: {
  input: Extract<SkillInput, { type: 'file' | 'folder' }>
  value: string | null
  onChange: (path: string | null) => void
  problem: string | undefined
}): ReactNode {
  const bridge = useBridge()
  const [failed, setFailed] = useState<unknown>(null)
  const choosing = useRef(false)
  const ids = { label: useId(), notes: useId(), choose: useId() }
  const Icon = input.type === 'file' ? File : Folder
  const extensions = input.type === 'file' ? input.extensions : []
  const choose = async () => {
    // The system's chooser may be slow to appear: one is enough.
    if (choosing.current) return
    choosing.current = true
    setFailed(null)
    try {
      const path = await ask(bridge, 'dialog.choose', { kind: input.type, title: input.title, extensions })
      if (path !== null) onChange(path)
    } catch (error) {
      setFailed(error)
    }
    choosing.current = false
  }
  return (
    <div
      role="group"
      aria-labelledby={ids.label}
      aria-describedby={ids.notes}
      className="flex flex-col gap-1.5"
    >
      <span id={ids.label} className="font-medium">
        {input.title}
        {input.required ? null : <span className="font-normal text-ink-3"> {t('(optional)')}</span>}
      </span>
      <div
        className={`flex items-center gap-3 rounded-md border bg-raised p-2 ps-3 ${problem === undefined ? 'border-edge' : 'border-bad'}`}
      >
        <Icon aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-ink-3" />
        {value === null ? (
          <span className="min-w-0 flex-1 text-ink-3">
            {input.type === 'file' ? t('No file chosen') : t('No folder chosen')}
          </span>
        ) : (
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{baseName(value)}</span>
            <bdi dir="ltr" className="block text-start text-sm break-all text-ink-3 select-text">
              {value}
            </bdi>
          </span>
        )}
        {value === null ? null : (
          <Button
            look="quiet"
            size="icon"
            aria-label={t('Clear {{title}}', { title: input.title })}
            onPress={() => onChange(null)}
          >
            <X size={18} strokeWidth={1.75} aria-hidden />
          </Button>
        )}
        <Button
          size="small"
          onPress={() => void choose()}
          id={ids.choose}
          aria-labelledby={`${ids.choose} ${ids.label}`}
        >
          {value === null ? (input.type === 'file' ? t('Choose file…') : t('Choose folder…')) : t('Change…')}
        </Button>
      </div>
      <div id={ids.notes}>
        {input.description === undefined ? null : (
          <p className="text-sm text-ink-3">
            <bdi>{input.description}</bdi>
          </p>
        )}
        {problem === undefined ? null : <p className="text-sm font-medium text-bad">{problem}</p>}
      </div>
      {failed === null ? null : <ErrorNote error={failed} />}
    </div>
  )
}
