import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { electronPath, expect, goTo, installByHand, test } from '../support/e2e-app.ts'
import { environment, root } from '../support/e2e-registry.ts'

test('an unreachable registry is said in words, and Try again works once it is back', async ({
  launch,
  ownRegistry,
}) => {
  const first = await ownRegistry()
  await first.stop({ keepData: true })
  const { url, trustRoot, demoKey } = first
  const env = { SKILLET_REGISTRY: url, SKILLET_TRUST_ROOT: trustRoot, SKILLET_API_KEY: demoKey }
  const { page } = await launch({ env })
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText(url)
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('alert').first()).toContainText(url)
  await goTo(page, 'Library')
  await expect(page.getByText('Your skills will be here')).toBeVisible()

  await ownRegistry(first)
  await goTo(page, 'Discover')
  const retry = page.getByRole('button', { name: 'Try again' })
  // Coming back to the page may have asked again by itself.
  await expect(async () => {
    if (await retry.isVisible()) await retry.click({ timeout: 1_000 })
    await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 30_000 })
})

test('what is installed still runs when the registry is gone', async ({ launch, ownRegistry }) => {
  const own = await ownRegistry()
  const env = { SKILLET_REGISTRY: own.url, SKILLET_TRUST_ROOT: own.trustRoot, SKILLET_API_KEY: own.demoKey }
  const { page } = await launch({ env })
  await installByHand(page, 'Parse a document')
  await own.stop()
  await page.getByRole('button', { name: 'Run it now' }).click()
  await page.getByRole('textbox', { name: /Document/ }).fill('# One\n\nA sentence.\n')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('main').getByText(/^Finished/)).toBeVisible()
})

test('a broken trust root shows a window with the reason and the way out', async ({ launch }) => {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-root-'))
  const file = join(folder, 'root.json')
  await writeFile(file, '{"schema":1,"keys":[]}')
  const { page } = await launch({ env: { SKILLET_TRUST_ROOT: file } })
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText(/trust root/i)
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeVisible()
  await rm(folder, { recursive: true })
})

test('a second start hands over to the first window', async ({ skillet }) => {
  // Started by hand: the driver can't follow a process that ends before it has a window.
  const second = spawn(electronPath(), [root], {
    env: { ...environment(), SKILLET_HOME: skillet.home },
    stdio: 'ignore',
  })
  const [code] = await once(second, 'exit')
  expect(code).toBe(0)
  expect(await skillet.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})
