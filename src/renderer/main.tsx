import '@fontsource-variable/inter/wght.css'
import './ui/theme.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { themeOf } from './features/shell/appearance.ts'

// Before the first paint, so that a dark system never flashes white; the person's own choice follows from main.
document.documentElement.dataset['theme'] = themeOf(
  'system',
  window.matchMedia('(prefers-color-scheme: dark)').matches,
)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
const bridge = window.skillet
createRoot(root).render(
  bridge === undefined ? (
    <p role="alert" style={{ padding: 32 }}>
      This page works only inside Skillet. Close it and open Skillet itself.
    </p>
  ) : (
    <App bridge={bridge} />
  ),
)
