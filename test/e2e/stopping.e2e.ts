import { expect, goTo, test } from '../support/e2e-app.ts'
import { countProcesses, publishSleeper } from '../support/e2e-skill.ts'

test('Stop ends a run and everything that it started', async ({ registry, skillet }) => {
  const { page } = skillet
  const { marker } = await publishSleeper(registry, 'sleeper-one')
  expect((await skillet.cli(['install', 'sleeper-one'])).status).toBe(0)
  // Installed behind the window's back: a fresh page reads the Library anew.
  await page.evaluate(() => (location.hash = '#/run/sleeper-one'))
  await page.reload()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('started')).toBeVisible({ timeout: 30_000 })
  expect(await countProcesses(marker)).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('main').getByText(/^Stopped by you/)).toBeVisible()
  expect(await countProcesses(marker)).toBe(0)
  await goTo(page, 'Activity')
  await expect(page.getByText('Test sleeper-one').first()).toBeVisible()
})

test('a run does not outlive the app', async ({ registry, skillet }) => {
  const { page, app } = skillet
  const { marker } = await publishSleeper(registry, 'sleeper-two')
  expect((await skillet.cli(['install', 'sleeper-two'])).status).toBe(0)
  // Installed behind the window's back: a fresh page reads the Library anew.
  await page.evaluate(() => (location.hash = '#/run/sleeper-two'))
  await page.reload()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('started')).toBeVisible({ timeout: 30_000 })
  expect(await countProcesses(marker)).toBeGreaterThan(0)
  await app.close()
  expect(await countProcesses(marker)).toBe(0)
  expect((await skillet.cli(['audit', '--verify'])).status).toBe(0)
})
