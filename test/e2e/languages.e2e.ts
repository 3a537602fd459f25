import { createRequire } from 'node:module'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { expect, test } from '../support/e2e-app.ts'
import { cutOff, settle } from '../support/e2e-look.ts'
import { root } from '../support/e2e-registry.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pictures = join(root, 'test-results/screenshots')
const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 640 },
]
const screens = {
  discover: '#/',
  skill: '#/skill/csv-profile',
  library: '#/library',
  chains: '#/chains',
  permissions: '#/permissions',
  activity: '#/activity',
  keys: '#/keys',
  settings: '#/settings',
  run: '#/run/csv-profile',
  'policy-editor': '#/policy-editor',
}

/** Checks the screen in both sizes, keeps its pictures, and asks axe once. */
async function lookAt(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true })
  for (const size of sizes) {
    await page.setViewportSize(size)
    await settle(page)
    await page.screenshot({ path: join(pictures, `${name}-${size.width}.png`) })
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth, `${name} at ${size.width} scrolls sideways`).toBe(clientWidth)
    expect(await page.evaluate(cutOff), `${name} at ${size.width}`).toEqual([])
  }
  await page.evaluate(await readFile(axeFile, 'utf8'))
  const results = await page.evaluate<AxeResults>('axe.run()')
  expect(
    results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    name,
  ).toEqual([])
}

test('the main screens in Arabic, from the right, and in German', async ({ launch }) => {
  test.setTimeout(240_000)
  // As on a computer that speaks Arabic.
  const { page, home, cli, chooserAnswers } = await launch({ env: { LANG: 'ar_EG.UTF-8', LANGUAGE: 'ar' } })
  const everyScreen = async (language: string) => {
    for (const [name, address] of Object.entries(screens)) {
      await page.evaluate((hash) => (window.location.hash = hash), address)
      await expect(page.locator('main h1')).toBeVisible()
      await expect(page.locator('main [role=status][aria-label]')).toHaveCount(0, { timeout: 20_000 })
      await lookAt(page, `${language}-${name}`)
    }
  }

  await expect(page.locator('html')).toHaveAttribute('lang', 'ar')
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl')
  await expect(page.getByRole('heading', { level: 1, name: 'استكشاف' })).toBeVisible()
  // The navigation stands on the right, where reading begins.
  const navigation = await page.getByRole('navigation').boundingBox()
  expect((navigation?.x ?? 0) + (navigation?.width ?? 0)).toBeCloseTo(1280, 0)
  await page.getByRole('article', { name: 'CSV profile' }).getByRole('button').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('list', { name: 'ما يُسمح لها به' })).toBeVisible({ timeout: 30_000 })
  await lookAt(page, 'ar-install')
  await page.keyboard.press('Escape')
  expect((await cli(['install', 'csv-profile', '--grant-declared'])).status).toBe(0)
  const table = join(home, '..', `table-${process.pid}.csv`)
  await writeFile(table, 'name,amount\none,1\ntwo,2\n')
  await chooserAnswers(table)
  await page.reload()
  await everyScreen('ar')
  await page.evaluate((hash) => (window.location.hash = hash), screens.run)
  await page.getByRole('button', { name: /اختيار ملف/ }).click()
  await page.getByRole('button', { name: 'تشغيل', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'ما الذي حدث' })).toBeVisible({ timeout: 60_000 })
  await lookAt(page, 'ar-receipt')
  await rm(table)

  await page.evaluate((hash) => (window.location.hash = hash), screens.settings)
  // Chosen while it runs: everything is said anew, the page stays where it was.
  await page.getByRole('region', { name: 'اللغة' }).getByRole('button').click()
  await page.getByRole('option', { name: 'Deutsch' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Einstellungen' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr')
  expect(await readFile(join(home, 'language.json'), 'utf8')).toBe('"de"')
  await everyScreen('de')
  // Where the skill ran already, its page is the receipt; its form again.
  await page.evaluate((hash) => (window.location.hash = hash), screens.run)
  await page.getByRole('button', { name: 'Eingaben ändern' }).click()
  await lookAt(page, 'de-run-form')
})
