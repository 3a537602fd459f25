import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { baseName } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'

/** What the person gave to this run. */
export function ChosenInputs({
  inputs,
  manifest,
}: {
  inputs: InputValues
  manifest: SkillManifest
}): ReactNode {
  const given = Object.entries(manifest.run.inputs).filter(([name]) => inputs[name] !== undefined)
  if (given.length === 0) return null
  return (
    <Section title={t('Run with')}>
      <dl className="flex flex-col gap-2">
        {given.map(([name, input]) => {
          const value = inputs[name]
          const isPath = input.type === 'file' || input.type === 'folder'
          return (
            <div key={name}>
              <dt className="text-sm text-ink-3">{input.title}</dt>
              <dd
                className="line-clamp-4 break-words whitespace-pre-wrap select-text"
                title={isPath ? String(value) : undefined}
              >
                {typeof value === 'boolean'
                  ? value
                    ? t('Yes')
                    : t('No')
                  : isPath
                    ? baseName(String(value))
                    : String(value)}
              </dd>
            </div>
          )
        })}
      </dl>
    </Section>
  )
}
