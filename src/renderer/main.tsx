import '@fontsource-variable/inter/wght.css'
import './ui/theme.css'
import type { SkilletBridge } from '../shared/contract/index.ts'
import type { Language } from '../shared/i18n/languages.ts'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { ask } from './bridge.ts'
import { themeOf } from './features/shell/appearance.ts'
import { speakLanguage } from './language.ts'
import { lateParts } from './late-parts.ts'
import { loadWhenIdle } from './late.tsx'

// Before the first paint, so that a dark system never flashes white; the person's own choice follows from main.
document.documentElement.dataset['theme'] = themeOf(
  'system',
  window.matchMedia('(prefers-color-scheme: dark)').matches,
)

async function languageOf(bridge: SkilletBridge): Promise<Language> {
  return bridge.firstLanguage ?? (await ask(bridge, 'language.get', null)).language
}

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
const bridge = window.skillet
if (bridge === undefined)
  // Outside Skillet nobody knows whose language it would be.
  root.textContent = 'This page works only inside Skillet. Close it and open Skillet itself.'
else
  void languageOf(bridge)
    .then(speakLanguage)
    // The window says everything that goes wrong, this too, and English it speaks in any case.
    .catch((error: unknown) => reportError(error))
    .finally(() => {
      createRoot(root).render(<App bridge={bridge} />)
      // Not at once: the first page, and what main still has to begin, come first.
      setTimeout(() => loadWhenIdle(Object.values(lateParts)), 1500)
    })
