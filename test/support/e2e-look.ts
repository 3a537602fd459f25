import { createRequire } from 'node:module'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { expect, type SkilletApp } from './e2e-app.ts'
import { root } from './e2e-registry.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pictures = join(root, 'test-results/screenshots')
const aboutColours = ['color-contrast', 'link-in-text-block']
const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 640 },
]

/** Waits until the page is drawn as it stays: its fonts are there, and what moves has come to its end. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const ends = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map((animation) => animation.finished.catch(() => undefined))
    await Promise.all(ends)
  })
}

/** Words that reach beyond the window, or beyond a box that hides what doesn't fit without saying so (`…`). */
export function cutOff(): string[] {
  return [...document.querySelectorAll<HTMLElement>('body *')].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim() !== '')
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    // Small and clipped: for screen readers alone.
    if (!own || box.width <= 1 || style.visibility === 'hidden' || element.closest('pre, [aria-hidden=true]'))
      return []
    const beyond = box.left < -1 || box.right > window.innerWidth + 1
    const hidden =
      style.overflowX === 'hidden' &&
      style.textOverflow !== 'ellipsis' &&
      style.textIndent === '0px' &&
      element.scrollWidth > element.clientWidth + 1
    return beyond || hidden ? [`${element.tagName} ${element.innerText.slice(0, 60)}`] : []
  })
}

/** Checks the screen for accessibility in both colours and keeps its pictures in both sizes. */
export async function look({ app, page }: SkilletApp, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true })
  const axe = await readFile(axeFile, 'utf8')
  for (const theme of ['light', 'dark'] as const) {
    await app.evaluate(({ nativeTheme }, source) => (nativeTheme.themeSource = source), theme)
    await expect(page.locator('html')).toHaveCSS('color-scheme', theme)
    for (const size of sizes) {
      await page.setViewportSize(size)
      await settle(page)
      await page.screenshot({ path: join(pictures, `${name}-${size.width}-${theme}.png`) })
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
        `${name} at ${size.width} scrolls sideways`,
      ).toBe(0)
    }
    // How a pending button fares is said by pointing at it, for some seconds, whether it is still there or not.
    await expect(page.locator('[data-live-announcer] [role=img]')).toHaveCount(0, { timeout: 15_000 })
    if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe)
    // The same elements in other colours: only what depends on colours is asked again.
    const results = await page.evaluate<AxeResults>(
      theme === 'light' ? 'axe.run()' : `axe.run({ runOnly: ${JSON.stringify(aboutColours)} })`,
    )
    expect(results.passes.length, `${name} in ${theme} was looked at`).toBeGreaterThan(0)
    const found = results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
    )
    expect(found, `${name} in ${theme}`).toEqual([])
  }
  await app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'light'))
  await page.setViewportSize({ width: 1280, height: 800 })
}
