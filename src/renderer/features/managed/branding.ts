import { useEffect } from 'react'
import { useMediaQuery } from '../../ui/media-query.ts'
import { fitAccent } from './accent.ts'
import { useManaged, useProgramName } from './managed.ts'

const grounds = ['--raised', '--panel', '--ground', '--sunk'] as const
const roles = {
  '--brand': 'brand',
  '--brand-strong': 'strong',
  '--brand-ink': 'ink',
  '--brand-soft': 'soft',
} as const

/**
 * Gives the window the organisation's name and draws it in their colour, as far as people can read it, in whichever
 * appearance is chosen.
 */
export function useBranding(): void {
  const name = useProgramName()
  useEffect(() => {
    document.title = name
  }, [name])
  const accent = useManaged()?.policy.branding?.accent
  const moreContrast = useMediaQuery('(prefers-contrast: more)')
  useEffect(() => {
    if (accent === undefined) return undefined
    const { documentElement } = document
    const draw = () => {
      const shown = getComputedStyle(documentElement)
      const fitted = fitAccent(
        accent,
        grounds.map((name) => shown.getPropertyValue(name)),
        moreContrast ? 7 : 4.5,
      )
      for (const [name, role] of Object.entries(roles)) documentElement.style.setProperty(name, fitted[role])
    }
    draw()
    const watch = new MutationObserver(draw)
    watch.observe(documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      watch.disconnect()
      for (const name of Object.keys(roles)) documentElement.style.removeProperty(name)
    }
  }, [accent, moreContrast])
}
