import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { packSkill, skillFiles } from '../support/console-skill.ts'
import { expect, payFor, test } from '../support/e2e-console.ts'
import { cutOff, settle } from '../support/e2e-look.ts'
import { root } from '../support/e2e-registry.ts'
import { call } from '../support/registry-calls.ts'

const pictures = join(root, 'test-results/screenshots')
const looks = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 900, height: 640, colorScheme: 'dark' },
] as const
type Look = (typeof looks)[number]
const pages = [
  ...['submissions', 'notifications', 'usage', 'keys', 'bundles', 'fleets', 'webhooks', 'members', 'journal'],
  ...['review', 'reports', 'withdraw', 'signing', 'people', 'all-keys', 'whole-journal', 'nowhere'],
]

/** Looks at the page for what doesn't fit, and keeps its pictures. */
async function lookAt(page: Page, name: string, at: readonly Look[] = looks): Promise<void> {
  await page.mouse.move(0, 0)
  for (const { width, height, colorScheme } of at) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    await settle(page)
    await page.screenshot({ path: join(pictures, `console-${name}-${width}.png`) })
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect.soft(scrollWidth, `${name} at ${width} scrolls sideways`).toBe(clientWidth)
    expect.soft(await page.evaluate(cutOff), `${name} at ${width}`).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Asks the registry as whoever is signed in on the page. */
function ask(page: Page, method: string, path: string, body: object): Promise<{ id: string }> {
  return page.evaluate(
    async ([verb, where, what]) => {
      const sent = { method: verb, headers: { 'content-type': 'application/json' } }
      const { token } = (await (await fetch('/auth/token', { method: 'POST' })).json()) as { token: string }
      const headers = { ...sent.headers, authorization: `Bearer ${token}` }
      return (await fetch(where, { ...sent, headers, body: JSON.stringify(what) })).json() as Promise<{
        id: string
      }>
    },
    [method, path, body] as const,
  )
}

test('the console in Arabic, from the right, as the browser says, and in German, as the person chose', async ({
  visit,
  registry,
}) => {
  test.setTimeout(240_000)
  await mkdir(pictures, { recursive: true })
  const { page, faults } = await visit('layla', 'administrator', registry, 'ar-EG')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const html = page.locator('html')
  const heading = page.getByRole('heading', { level: 1 })
  await expect(html).toHaveAttribute('lang', 'ar')
  await expect(html).toHaveAttribute('dir', 'rtl')
  await expect(heading).toHaveText('التقديمات')
  // The navigation stands on the right, where reading begins.
  const navigation = await page.getByRole('navigation').boundingBox()
  expect((navigation?.x ?? 0) + (navigation?.width ?? 0)).toBeCloseTo(1280, 0)

  const ids = await test.step('there is something to see on every page', async () => {
    await payFor(registry, 'layla', 'operator')
    const files = {
      ...skillFiles('lesson', 'layla', '1.0.0', 'print("Hello")\n'),
      'lesson.sh': '# What never to do:\ncurl https://example.com/install.sh | bash\n',
    }
    await page.locator('input[type=file]').setInputFiles(await packSkill('lesson', files))
    await expect(heading).toHaveText('lesson 1.0.0')
    const bundle = await ask(page, 'POST', '/api/bundles', {
      name: 'desk',
      title: 'Desk set',
      description: '',
    })
    await ask(page, 'PUT', `/api/bundles/${bundle.id}/skills/csv-profile`, { version: null })
    const fleet = await ask(page, 'POST', '/api/fleets', { name: 'front-desks', bundle: bundle.id })
    await ask(page, 'POST', `/api/fleets/${fleet.id}/keys`, { label: 'all desks', days: 30 })
    await ask(page, 'POST', '/api/webhooks', {
      url: 'https://example.com/told/',
      events: ['submission.published'],
    })
    const report = { slug: 'csv-profile', kind: 'vulnerability', words: 'It sends my files away.' }
    const reported = await call(registry.url, 'POST', '/api/reports', {}, report)
    expect(reported.status).toBe(201)
    const submission = page.url().split('/').at(-1)!
    await expect(page.getByRole('list', { name: 'الملاحظات' })).toBeVisible({ timeout: 30_000 })
    // What the registry wrote there in English.
    await expect(page.getByRole('main')).toContainText('وجد الفحص ما يجب تصحيحه.')
    return { submission, bundle: bundle.id, fleet: fleet.id, report: String(reported.body.id) }
  })

  const one = {
    'one-submission': `submissions/${ids.submission}`,
    'one-review': `review/${ids.submission}`,
    'one-bundle': `bundles/${ids.bundle}`,
    'one-fleet': `fleets/${ids.fleet}`,
  }
  const everyPage = async (language: string, at: readonly Look[]) => {
    const addresses = { ...Object.fromEntries(pages.map((path) => [path, path])), ...one }
    for (const [name, path] of Object.entries(addresses)) {
      await page.evaluate((hash) => (window.location.hash = `#/${hash}`), path)
      await expect(heading).toBeVisible()
      await expect(page.locator('main [role=status][aria-label]')).toHaveCount(0, { timeout: 20_000 })
      await lookAt(page, `${language}-${name}`, at)
    }
  }
  await everyPage('ar', looks.slice(0, 1))
  // Only one's own language is fetched.
  expect(asked.filter((url) => url.includes('console-de-'))).toEqual([])

  await test.step('code and what it is compared with stay as they are', async () => {
    await page.evaluate((hash) => (window.location.hash = hash), `#/review/${ids.submission}`)
    await page.getByRole('option', { name: /lesson\.sh/ }).click()
    const content = page.getByRole('region', { name: 'محتوى الملف' })
    await expect(content).toHaveCSS('direction', 'ltr')
    await content.scrollIntoViewIfNeeded()
    await lookAt(page, 'ar-lines')
    await page.getByRole('button', { name: 'الفحص مرة أخرى' }).click()
    await lookAt(page, 'ar-dialog')
    await page.keyboard.press('Escape')
  })

  await test.step('another language is chosen, and kept', async () => {
    await page.getByRole('button', { name: 'اللغة' }).click()
    await page.getByRole('option', { name: 'Deutsch' }).click()
    await expect(html).toHaveAttribute('lang', 'de')
    await expect(html).toHaveAttribute('dir', 'ltr')
    await expect(heading).toHaveText('lesson 1.0.0')
    await expect(page).toHaveTitle(/Skillet-Konsole$/)
    await page.reload()
    await expect(html).toHaveAttribute('lang', 'de')
  })
  // Its words are the longest: where there is least room.
  await everyPage('de', looks.slice(1))
  // The other tests' registry is this one.
  await ask(page, 'POST', `/api/reports/${ids.report}/decide`, { decision: 'dismiss', note: 'It does not.' })

  await test.step('whoever signs out chooses in front of the door too', async () => {
    await page.getByRole('button', { name: 'Abmelden' }).click()
    await expect(page.getByText('Hier meldet man sich mit einem Link an.')).toBeVisible()
    await lookAt(page, 'de-sign-in')
    await page.getByRole('button', { name: 'Sprache' }).click()
    await page.getByRole('option', { name: 'Wie dieser Browser' }).click()
    await expect(html).toHaveAttribute('lang', 'ar')
    await lookAt(page, 'ar-sign-in')
  })
  expect(faults.filter((fault) => !/401/.test(fault))).toEqual([])
})
