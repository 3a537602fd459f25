import { useEffect } from 'react'
import { useCall } from '../../query.ts'
import { useMediaQuery } from '../../ui/media-query.ts'

export type Appearance = 'system' | 'light' | 'dark'

export function themeOf(appearance: Appearance, systemIsDark: boolean): 'light' | 'dark' {
  if (appearance === 'system') return systemIsDark ? 'dark' : 'light'
  return appearance
}

/** Keeps the document in the appearance that the person chose. */
export function useAppearance(): void {
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)')
  const chosen = useCall('appearance.get', null, { staleTimeMs: Infinity })
  const theme = themeOf(chosen.data ?? 'system', systemIsDark)
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
}
