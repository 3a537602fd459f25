import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import type { StaffRole } from '../../src/registry/auth/scopes.ts'
import { expect, test as app } from './e2e-app.ts'
import { paymentSecret, root, type DemoRegistry } from './e2e-registry.ts'
import { call } from './registry-calls.ts'

/** Somebody at the console, in a browser profile of their own. */
export interface Visitor {
  readonly page: Page
  /** What the page's policy refused and what went wrong in it, so far. */
  readonly faults: string[]
}

/** `locale`: the language of their browser. */
export type Visit = (
  login: string,
  role?: StaffRole | null,
  on?: DemoRegistry,
  locale?: string,
) => Promise<Visitor>

/** The app's tests with a real Chromium beside the app. */
export const test = app.extend<{ visit: Visit }, { browserOfTests: Browser }>({
  browserOfTests: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: true })
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  visit: async ({ browserOfTests, registry }, use, info) => {
    const visitors: Visitor[] = []
    await use(async (login, role = null, on = registry, locale = 'en-GB') => {
      const context = await browserOfTests.newContext({ locale, viewport: { width: 1280, height: 800 } })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`${message.text()} (${message.location().url})`)
      })
      visitors.push({ page, faults })
      const { body } = await call(
        on.url,
        'POST',
        '/api/people',
        { 'x-api-key': on.adminKey },
        { login, role },
      )
      await page.goto(body.link as string)
      // The last one, in whatever language.
      await page.getByRole('main').getByRole('button').last().click()
      await expect(page.getByRole('navigation')).toBeVisible()
      return { page, faults }
    })
    for (const { page } of visitors) {
      if (info.status !== info.expectedStatus)
        await info.attach('console', { body: await page.screenshot(), contentType: 'image/png' })
      await page.context().close()
    }
  },
})
export { expect }

/** The Chromium of the system, which `npm test` installs. */
export function chromiumPath(): string {
  const path = process.env['SKILLET_CHROMIUM'] ?? '/usr/bin/chromium'
  if (!existsSync(path))
    throw new Error(`There is no ${path}: install chromium, or name one in SKILLET_CHROMIUM.`)
  return path
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pictures = join(root, 'test-results/screenshots')

/** Checks a page of the console for accessibility in both colours and keeps its pictures in both sizes. */
export async function lookAt(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true })
  const axe = await readFile(axeFile, 'utf8')
  // What is pointed at would say so in a bubble of its own.
  await page.mouse.move(0, 0)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveCSS('color-scheme', colorScheme)
    for (const size of [
      { width: 1280, height: 800 },
      { width: 900, height: 640 },
    ]) {
      await page.setViewportSize(size)
      await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)))
      await page.screenshot({ path: join(pictures, `console-${name}-${size.width}-${colorScheme}.png`) })
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(sideways, `${name} at ${size.width} scrolls sideways`).toBe(0)
    }
    // How a pending button fares is said by pointing at it, for some seconds, whether it is still there or not.
    await expect(page.locator('[data-live-announcer] [role=img]')).toHaveCount(0, { timeout: 15_000 })
    // Past the page's policy, which keeps everything that isn't its own out.
    await page.evaluate(axe)
    // What the colours change is only whether they can be told apart.
    const rules = colorScheme === 'light' ? {} : { runOnly: ['color-contrast'] }
    const results = await page.evaluate<AxeResults, object>(
      (options) => (window as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run(options),
      rules,
    )
    const found = results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
    )
    expect(found, `${name} in ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** What a payment provider tells the registry when an account pays for a plan. */
export async function payFor(registry: DemoRegistry, account: string, tier: string): Promise<void> {
  const body = JSON.stringify({
    id: `${account} ${Date.now()}`,
    kind: 'entitlement.changed',
    account,
    tier,
    validUntil: null,
    at: new Date().toISOString(),
  })
  const seconds = Math.floor(Date.now() / 1000)
  const word = createHmac('sha256', paymentSecret).update(`${seconds}.${body}`).digest('hex')
  const answer = await fetch(`${registry.url}/webhooks/payments`, {
    method: 'POST',
    headers: { 'x-payment-signature': `t=${seconds},v1=${word}` },
    body,
  })
  expect(await answer.json()).toEqual({ applied: true })
}

/** Sends the form of the open dialog, which closes once that went well. */
export async function submit(page: Page, label: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: label, exact: true }).click()
  await expect(dialog.getByRole('button', { name: label, exact: true })).toHaveCount(0)
}

/** Makes a choice from a folded list. */
export async function choose(page: Page, list: string, option: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: list }).click()
  await page.getByRole('option', { name: option }).click()
}

/** Goes to a page of the console through its sidebar. */
export async function openNoun(page: Page, noun: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: new RegExp(`^${noun}`) })
    .click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}
