import '@fontsource-variable/inter/wght.css'
import './console.css'
import { createRoot } from 'react-dom/client'
import { createApi } from './api.ts'
import { App } from './app.tsx'
import { chosenLanguage, speakChoice } from './language.ts'

// Before the first paint, so that a dark system never flashes white.
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const follow = (): void => {
  document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light'
}
follow()
dark.addEventListener('change', follow)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
void speakChoice(chosenLanguage(window.localStorage), navigator.languages)
  // English it speaks in any case.
  .catch((error: unknown) => reportError(error))
  .finally(() =>
    createRoot(root).render(
      <App api={createApi((input, init) => fetch(input, init), window.localStorage)} />,
    ),
  )
