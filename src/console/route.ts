import { useSyncExternalStore } from 'react'

/** The part of the address after `#`, in its pieces: `#/submissions/1234` → `['submissions', '1234']`. */
export function parseHash(hash: string): readonly string[] {
  return hash
    .replace(/^#/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part)
      } catch {
        return part
      }
    })
}

/** An address of the console: `toHref('bundles', id)` → `#/bundles/…`. */
export function toHref(...parts: readonly string[]): string {
  return `#/${parts.map((part) => encodeURIComponent(part)).join('/')}`
}

export function navigate(href: string): void {
  window.location.hash = href
}

function subscribe(onChange: () => void): () => void {
  const changed = () => {
    // What had focus belongs to the page that is left; the new page's heading takes it up.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    onChange()
  }
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash)
}
