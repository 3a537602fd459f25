import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { writeOrders } from '../support/csv.ts'
import { expect, goTo, questions, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

/** Installs CSV profile: it may read once, and save always. */
async function installToReadOnce(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Install CSV profile' }).click()
  const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
  for (const question of await questions(page, 'CSV profile'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  await dialog.getByRole('button', { name: /How long: Read a file/ }).click()
  await page.getByRole('option', { name: 'Just once' }).click()
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await dialog.getByRole('button', { name: 'Run it now' }).click({ timeout: 30_000 })
}

test('what was allowed once is asked again, taken back, given again, and kept within limits', async ({
  skillet,
}) => {
  test.setTimeout(240_000)
  const { page } = skillet
  const folder = await mkdtemp(join(tmpdir(), 'skillet-orders-'))
  const file = join(folder, 'orders.csv')
  await writeOrders(file, 2_000)
  await installToReadOnce(page)

  await skillet.chooserAnswers(file)
  await page.getByRole('button', { name: /Choose file/ }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'What it used, and its limits' }).click()
  await expect(page.getByText(/ of 512 MB/).first()).toBeVisible()

  await page.getByRole('button', { name: 'Run again' }).click()
  const dialog = page.getByRole('dialog', { name: 'May CSV profile do this?' })
  await expect(dialog.getByText('You allowed this just once. Allow it again?')).toBeVisible()
  await dialog.getByRole('radio', { name: 'Allow', exact: true }).click()
  await look(skillet, 'run-question')
  await dialog.getByRole('button', { name: 'Allow and run' }).click()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible({ timeout: 60_000 })

  // From the receipt to its line in the journal.
  await page.getByRole('link', { name: 'activity log' }).click()
  await expect(page.getByText('Nobody has changed it since.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible()
  await look(skillet, 'activity-entry')
  await expect(page.getByRole('button', { name: /^Show in folder: / }).first()).toBeVisible()

  await goTo(page, 'Permissions')
  const rows = page.getByRole('list', { name: 'What CSV profile may do' })
  await expect(rows.getByText(/^Allowed since/)).toHaveCount(2)
  const takeBack = rows.getByRole('button', { name: /^Take back: Read a file/ })
  await takeBack.click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows.getByText(/^Allowed since/)).toHaveCount(2)
  await takeBack.click()
  await expect(rows.getByText('Not answered. It asks before it runs.')).toBeVisible()
  await look(skillet, 'permissions')
  const run = async () => (await skillet.cli(['run', 'csv-profile', '--input', `file=${file}`])).status
  expect(await run()).toBe(3)
  await rows.getByRole('button', { name: /^Allow: Read a file/ }).click()
  await expect(rows.getByText(/^Allowed since/)).toHaveCount(2)
  expect(await run()).toBe(0)

  // A limit for all skills goes before whatever was allowed.
  await goTo(page, 'Settings')
  await page.getByText('Change and save files').click()
  await expect(page.getByText('No skill can change or keep a file.')).toBeVisible()
  expect(await run()).toBe(3)
  await page.getByText('Change and save files').click()
  await expect(page.getByText('No skill can change or keep a file.')).toHaveCount(0)
  expect(await run()).toBe(0)
  await rm(folder, { recursive: true })
})
