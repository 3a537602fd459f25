import type { Page } from '@playwright/test'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { publishPython } from '../support/e2e-skill.ts'
import type { DemoRegistry } from '../support/e2e-registry.ts'

const run = '[run]\ncommand = ["python3", "main.py"]\n'
const online = `[capabilities]\nnet = "Looks a word up."\n[sandbox]\nnetwork = ["api.example.com"]\n${run}`

/** Publishes 1.0.0 and 1.1.0 of a skill; the newer one with what `later` says. */
async function publishTwice(registry: DemoRegistry, slug: string, later = run): Promise<void> {
  await publishPython(registry, slug, 'print("one")\n', run)
  await publishPython(registry, slug, 'print("two")\n', later, '1.1.0')
}

const row = (page: Page, title: string) =>
  page.getByRole('list', { name: 'Installed skills' }).getByRole('listitem').filter({ hasText: title })

async function choose(page: Page, title: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More about ${title}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('an update with one click, back with one click, forward again with Undo', async ({
  registry,
  skillet,
}) => {
  const { page } = skillet
  await publishTwice(registry, 'stepper')
  expect((await skillet.cli(['install', 'stepper@1.0.0'])).status).toBe(0)
  await goTo(page, 'Library')
  await expect(row(page, 'Test stepper')).toContainText('version 1.0.0')
  await page.getByRole('button', { name: 'Update Test stepper to 1.1.0' }).click()
  await expect(page.getByText('Test stepper was updated to 1.1.0.')).toBeVisible({ timeout: 30_000 })
  await expect(row(page, 'Test stepper')).toContainText('version 1.1.0')
  expect((await skillet.cli(['run', 'stepper'])).stdout).toContain('two')

  await choose(page, 'Test stepper', 'Go back to 1.0.0')
  await expect(page.getByText('Test stepper is back at 1.0.0.')).toBeVisible()
  await expect(row(page, 'Test stepper')).toContainText('version 1.0.0')
  expect((await skillet.cli(['run', 'stepper'])).stdout).toContain('one')
  await page
    .getByRole('alertdialog')
    .filter({ hasText: 'back at 1.0.0' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(page.getByText('Test stepper is back at 1.1.0.')).toBeVisible()
  await expect(row(page, 'Test stepper')).toContainText('version 1.1.0')
  expect((await skillet.cli(['verify', 'stepper'])).status).toBe(0)
})

test('an update that asks for more waits for the person, who may refuse or allow it', async ({
  registry,
  skillet,
}) => {
  const { page } = skillet
  await publishTwice(registry, 'wider', online)
  await publishTwice(registry, 'same')
  await publishTwice(registry, 'equal')
  for (const slug of ['wider', 'same', 'equal'])
    expect((await skillet.cli(['install', `${slug}@1.0.0`])).status).toBe(0)
  await goTo(page, 'Library')
  await page.getByRole('button', { name: 'Update all' }).click()
  await expect(page.getByText('2 skills were updated. 1 waits for you.')).toBeVisible({ timeout: 60_000 })
  await expect(row(page, 'Test wider')).toContainText('version 1.0.0')
  await expect(row(page, 'Test wider').getByText('Asks for more')).toBeVisible()

  const dialog = page.getByRole('dialog', { name: 'Update Test wider' })
  const review = page.getByRole('button', { name: 'Review the update of Test wider' })
  await review.click()
  await expect(dialog.getByText('Version 1.0.0 → 1.1.0')).toBeVisible()
  await expect(dialog.getByText('New', { exact: true })).toBeVisible()
  await expect(dialog.getByRole('heading', { name: 'Connect to api.example.com' })).toBeVisible()
  await dialog.getByRole('radio', { name: 'Don’t allow' }).click()
  await dialog.getByRole('button', { name: 'Stay at 1.0.0' }).click()
  await expect(page.getByText('Test wider stays as it is.', { exact: false })).toBeVisible()
  expect((await skillet.cli(['list', '--json'])).stdout).toMatch(/"slug":"wider","version":"1.0.0"/)

  await page.getByRole('button', { name: /the update of Test wider|Update Test wider/ }).click()
  await expect(dialog.getByText('Your earlier answer: Don’t allow.', { exact: false })).toBeVisible({
    timeout: 30_000,
  })
  await dialog.getByRole('radio', { name: 'Allow', exact: true }).click()
  await dialog.getByRole('button', { name: 'Update', exact: true }).click()
  await expect(dialog.getByText('Test wider is now at 1.1.0.')).toBeVisible({ timeout: 30_000 })
})

test('a skill that stays at its version is not updated until it is let go', async ({ registry, skillet }) => {
  const { page } = skillet
  await publishTwice(registry, 'stayer')
  expect((await skillet.cli(['install', 'stayer@1.0.0'])).status).toBe(0)
  await goTo(page, 'Library')
  await choose(page, 'Test stayer', 'Stay at this version')
  await expect(row(page, 'Test stayer').getByText('Stays here, 1.1.0 is out')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Update Test stayer/ })).toHaveCount(0)
  await skillet.cli(['update', 'stayer'])
  await expect(row(page, 'Test stayer')).toContainText('version 1.0.0')
  await choose(page, 'Test stayer', 'Follow updates again')
  await page.getByRole('button', { name: 'Update Test stayer to 1.1.0' }).click()
  await expect(page.getByText('Test stayer was updated to 1.1.0.')).toBeVisible({ timeout: 30_000 })
})
