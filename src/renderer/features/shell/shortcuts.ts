import { useEffect } from 'react'
import { goBack, type Page, type Route } from '../../route.ts'

/** Pages that show a Back button. */
const hasBack = new Set<Page>(['skill', 'run', 'trash', 'chain', 'entry', 'check-skills'])

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  )
}

/** The window's own keys: Ctrl or Command and K for search, Alt and left arrow (Command and [ on a Mac) or Escape to go back. */
export function useShortcuts(platform: string, route: Route, onSearch: () => void): void {
  useEffect(() => {
    const mac = platform === 'darwin'
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role=dialog], [role=alertdialog], [role=menu]'))
        return
      const command = mac ? event.metaKey : event.ctrlKey
      if (command && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onSearch()
      } else if (mac ? command && event.key === '[' : event.altKey && event.key === 'ArrowLeft') {
        event.preventDefault()
        goBack()
      } else if (event.key === 'Escape' && hasBack.has(route.page) && !isTyping(event.target)) {
        goBack()
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [platform, route, onSearch])
}
