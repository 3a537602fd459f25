import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { countProcesses, publishPython, publishSleeper, revoke } from '../support/e2e-skill.ts'

const reason = 'It sent files to a server that nobody had named.'

test('what is withdrawn while it runs is stopped and moved away, and the open window says so by itself', async ({
  registry,
  launch,
}) => {
  // By its timer alone: nobody starts it anew, asks it to look or touches it.
  const skillet = await launch({ env: { SKILLET_LOOK_EVERY_S: '1' } })
  const { page, home } = skillet
  const { marker } = await publishSleeper(registry, 'turncoat')
  expect((await skillet.cli(['install', 'turncoat'])).status).toBe(0)
  await page.evaluate(() => (location.hash = '#/run/turncoat'))
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('started')).toBeVisible({ timeout: 30_000 })
  expect(await countProcesses(marker)).toBeGreaterThan(0)

  await revoke(registry, 'turncoat', '--reason', reason, '--severity', 'critical', '--rotate', 'TURNCOAT_KEY')
  const note = page.getByRole('region', { name: 'Test turncoat was withdrawn' })
  await expect(note.getByText(reason, { exact: false })).toBeVisible({ timeout: 30_000 })
  // The person never stored this key, so there is none to replace.
  await expect(note.getByText('TURNCOAT_KEY', { exact: false })).toHaveCount(0)
  await expect(page.getByRole('main').getByText(/^Stopped after .*because it was withdrawn$/)).toBeVisible()
  expect(await countProcesses(marker)).toBe(0)
  expect(existsSync(join(home, 'skills/turncoat'))).toBe(false)
  expect(existsSync(join(home, 'quarantine/turncoat'))).toBe(true)
  await expect(page.getByRole('button', { name: 'Run again' })).toBeDisabled()

  await goTo(page, 'Discover')
  const banner = page.getByRole('alert').filter({ hasText: 'Test turncoat was withdrawn.' })
  await expect(banner).toContainText(reason)
  await banner.getByRole('link', { name: 'What to do about Test turncoat' }).click()
  await note.getByRole('button', { name: 'Remove Test turncoat' }).click()
  await expect(page.getByText('Test turncoat was removed.')).toBeVisible()
  await goTo(page, 'Library')
  await expect(page.getByRole('alert').filter({ hasText: 'was withdrawn' })).toHaveCount(0)
  expect(existsSync(join(home, 'quarantine/turncoat'))).toBe(false)
})

test('what another Skillet finds withdrawn shows here too, also at the next start, until a safe version is in place', async ({
  registry,
  launch,
}) => {
  const home = await mkdtemp(join(tmpdir(), 'skillet-home-'))
  const first = await launch({ home })
  const run = '[run]\ncommand = ["python3", "main.py"]\n'
  await publishPython(registry, 'mended', 'print("bad")\n', run)
  expect((await first.cli(['install', 'mended'])).status).toBe(0)
  await goTo(first.page, 'Library')
  await expect(first.page.getByRole('link', { name: 'Run Test mended' })).toBeVisible()
  await publishPython(registry, 'mended', 'print("good")\n', run, '1.0.1')
  await revoke(registry, 'mended@1.0.0', '--reason', reason)

  // A registry that was asked a few seconds ago is not asked again for each run.
  await expect.poll(async () => (await first.cli(['run', 'mended'])).status, { timeout: 60_000 }).toBe(4)
  await expect(first.page.getByRole('alert')).toContainText('Test mended was withdrawn.')
  await expect(first.page.getByRole('button', { name: 'Run Test mended' })).toBeDisabled()
  await first.app.close()

  const { page, cli } = await launch({ home })
  await expect(page.getByRole('alert')).toContainText('Test mended was withdrawn.', { timeout: 30_000 })
  await goTo(page, 'Library')
  await page.getByRole('button', { name: 'Update to 1.0.1: Test mended' }).click()
  const dialog = page.getByRole('dialog', { name: 'Update Test mended' })
  await dialog.getByRole('button', { name: 'Update', exact: true }).click({ timeout: 30_000 })
  await expect(dialog.getByText('Test mended is now at 1.0.1.')).toBeVisible({ timeout: 30_000 })
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'was withdrawn' })).toHaveCount(0)
  expect((await cli(['run', 'mended'])).stdout).toContain('good')
  await rm(home, { recursive: true, force: true })
})
