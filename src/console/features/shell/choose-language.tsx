import { Languages } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { languageNames, languages } from '../../../shared/i18n/languages.ts'
import { t } from '../../../shared/i18n/t.ts'
import { chosenLanguage, keepLanguage, speakChoice, type LanguageChoice } from '../../language.ts'

/** The language of the console: the browser's, or another of those that it speaks. Kept in this browser. */
export function ChooseLanguage(): ReactNode {
  const notice = useNotice()
  const [choice, setChoice] = useState(() => chosenLanguage(window.localStorage))
  const choose = async (next: LanguageChoice) => {
    try {
      await speakChoice(next, navigator.languages)
    } catch {
      // Its words are a file of the registry's.
      notice({ text: t('The registry does not answer.') })
      return
    }
    keepLanguage(window.localStorage, next)
    setChoice(next)
  }
  return (
    <Choose<LanguageChoice>
      label={t('Language')}
      quiet
      value={choice}
      onChange={(next) => void choose(next)}
      trigger={<Languages size={18} strokeWidth={1.75} aria-hidden />}
      choices={[
        { id: 'browser', label: t('Like this browser') },
        ...languages.map((id) => ({ id, label: languageNames[id] })),
      ]}
    />
  )
}
