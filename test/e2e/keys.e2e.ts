import { createRequire } from 'node:module'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Keytar from 'keytar'
import { expect, goTo, questions, test } from '../support/e2e-app.ts'

const keytar = createRequire(import.meta.url)('keytar') as typeof Keytar
const name = 'DEEPL_API_KEY'
const value = 'e2e-0b5f7a1c-secret-4711:fx'

test.afterEach(async () => void (await keytar.deletePassword('Skillet', name)))

test('a key typed at install lands in the keychain and nowhere else', async ({ skillet }) => {
  const { page, home } = skillet
  await page.getByRole('button', { name: 'Install Translate a document' }).click()
  const dialog = page.getByRole('dialog', { name: 'Install Translate a document' })
  for (const question of await questions(page, 'Translate a document'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  const install = dialog.getByRole('button', { name: 'Install', exact: true })
  await expect(install).toBeDisabled()
  const field = dialog.getByRole('textbox', { name: /DeepL API Free key/ })
  await expect(field).toHaveAttribute('type', 'password')
  await field.fill(value)
  await install.click()
  await expect(dialog.getByText('is in your Library')).toBeVisible({ timeout: 30_000 })
  expect(await keytar.getPassword('Skillet', name)).toBe(value)
  await dialog.getByRole('button', { name: 'Close' }).click()

  await goTo(page, 'Keys')
  await expect(page.getByText(/1:fx/).first()).toBeVisible()
  expect(await page.content()).not.toContain(value)
  const list = await skillet.cli(['secrets', 'list', '--json'])
  expect(list.stdout).toContain(name)
  expect(list.stdout).not.toContain(value)

  // Chromium's own files are left out: they hold no page state of ours and are locked while it runs.
  for (const path of await readdir(home, { recursive: true, withFileTypes: true }))
    if (path.isFile() && !path.parentPath.startsWith(join(home, 'window')))
      expect((await readFile(join(path.parentPath, path.name))).includes(value)).toBe(false)
})
