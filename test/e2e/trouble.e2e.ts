import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, goTo, installByHand, test } from '../support/e2e-app.ts'
import { startDemoRegistry } from '../support/e2e-registry.ts'

test('an unreachable registry is said in words, and Try again works once it is back', async ({ launch }) => {
  const { page } = await launch({ env: { SKILLET_REGISTRY: 'http://127.0.0.1:9' } })
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText('127.0.0.1:9')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('alert').first()).toContainText('127.0.0.1:9')
  await goTo(page, 'Library')
  await expect(page.getByText('Your skills will be here')).toBeVisible()
})

test('what is installed still runs when the registry is gone', async ({ launch }) => {
  const own = await startDemoRegistry()
  const { page } = await launch({
    env: { SKILLET_REGISTRY: own.url, SKILLET_TRUST_ROOT: own.trustRoot, SKILLET_API_KEY: own.demoKey },
  })
  await installByHand(page, 'Parse a document')
  await page.keyboard.press('Escape')
  await own.stop()
  await goTo(page, 'Library')
  await expect(page.getByText('Parse a document').first()).toBeVisible()
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

test('a second start hands over to the first window', async ({ skillet, launch }) => {
  const closed = launch({ env: { SKILLET_HOME: skillet.home } })
  await expect(closed).rejects.toThrow()
  expect(await skillet.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})
