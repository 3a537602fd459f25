import { useQueryClient } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LanguageChoice } from '../../../shared/contract/language.ts'
import { languageNames, languages } from '../../../shared/i18n/languages.ts'
import { t } from '../../../shared/i18n/t.ts'
import { speakLanguage } from '../../language.ts'
import { useWhoManages } from '../managed/managed.ts'
import { useCall, useChange } from '../../query.ts'
import { Choose } from '../../ui/choose.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Section } from '../../ui/page.tsx'

/** The language of the window: the computer's, or another of those that Skillet speaks. */
export function LanguageSection(): ReactNode {
  const client = useQueryClient()
  const chosen = useCall('language.get', null, { staleTimeMs: Infinity })
  const set = useChange('language.set')
  const who = useWhoManages()
  const choose = (choice: LanguageChoice) =>
    set.mutate(choice, {
      onSuccess: async (state) => {
        client.setQueryData(['language.get', null], state)
        await speakLanguage(state.language)
      },
    })
  return (
    <Section
      title={t('Language')}
      aside={
        chosen.data === undefined ? null : chosen.data.fixed ? (
          <p className="flex items-center gap-1.5 text-ink-3">
            <Lock aria-hidden size={14} strokeWidth={1.75} className="shrink-0" />
            {t('{{who}} has chosen {{language}}.', {
              who,
              language: languageNames[chosen.data.language],
            })}
          </p>
        ) : (
          <Choose<LanguageChoice>
            label={t('Language')}
            value={chosen.data.choice}
            onChange={choose}
            choices={[
              { id: 'system', label: t('Like this computer') },
              ...languages.map((id) => ({ id, label: languageNames[id] })),
            ]}
          />
        )
      }
      className="[&>div:first-child]:mb-0"
    >
      {chosen.isError || set.isError ? <ErrorNote error={set.error ?? chosen.error} /> : null}
    </Section>
  )
}
