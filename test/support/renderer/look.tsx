/// <reference types="vite/client" />
// A page for looking at the window's design without Electron: `?s=SCENE#/page`. Never part of the app.
import '@fontsource-variable/inter/wght.css'
import '../../../src/renderer/ui/theme.css'
import { createRoot } from 'react-dom/client'
import { App } from '../../../src/renderer/app.tsx'
import { themeOf } from '../../../src/renderer/features/shell/appearance.ts'
import { scenes } from './scenes.ts'

const scene = new URLSearchParams(window.location.search).get('s') ?? 'lived-in'
const fake = scenes[scene]?.()
if (fake === undefined) throw new Error(`no scene named ${scene}`)
document.documentElement.dataset['theme'] = themeOf(
  'system',
  window.matchMedia('(prefers-color-scheme: dark)').matches,
)
createRoot(document.getElementById('root')!).render(<App bridge={fake.bridge} />)
