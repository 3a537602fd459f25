import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanary } from '../support/canary.ts'
import { expect, goTo, questions, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

const value = 'vault-4f9c-secret-2208:fx'
const passphrase = 'correct horse 1'
const nextPassphrase = 'battery staple 2'
// A computer on which nothing keeps keys.
const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }

test('without a keychain keys are protected by a passphrase, which a run asks for', async ({ launch }) => {
  const first = await launch({ env })
  const { home } = first
  await goTo(first.page, 'Keys')
  await expect(first.page.getByRole('button', { name: 'Only until I close Skillet' })).toBeVisible()
  await look(first, 'keys-without-keychain')
  await first.page.getByRole('button', { name: 'Protect with a passphrase' }).click()
  const choose = first.page.getByRole('dialog')
  await choose.getByRole('textbox', { name: 'New passphrase' }).fill(passphrase)
  await choose.getByRole('textbox', { name: 'The same again' }).fill(passphrase.slice(1))
  await expect(choose.getByText('The two are not the same.')).toBeVisible()
  await choose.getByRole('textbox', { name: 'The same again' }).fill(passphrase)
  await choose.getByRole('button', { name: 'Protect' }).click()
  await expect(choose).toBeHidden()

  await goTo(first.page, 'Discover')
  await first.page.getByRole('button', { name: 'Install Translate a document' }).click()
  const dialog = first.page.getByRole('dialog', { name: 'Install Translate a document' })
  for (const question of await questions(first.page, 'Translate a document'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  await dialog.getByRole('textbox', { name: /DeepL API Free key/ }).fill(value)
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await expect(dialog.getByText('is in your Library')).toBeVisible({ timeout: 30_000 })
  await first.app.close()

  const skillet = await launch({ env, home })
  const { page } = skillet
  const documents = await mkdtemp(join(tmpdir(), 'skillet-documents-'))
  const text = join(documents, 'letter.txt')
  await writeFile(text, 'Good morning.')
  await skillet.chooserAnswers(text)
  await page.evaluate(() => (window.location.hash = '#/run/translate-document'))
  await page.getByRole('button', { name: /^Choose file…/ }).click()
  await page.getByRole('button', { name: /Translate into/ }).click()
  await page.getByRole('option', { name: 'DE' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const refused = page.getByRole('main').getByRole('alert').filter({ hasText: 'locked' })
  await expect(refused).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'run-keys-locked')
  const field = refused.getByRole('textbox', { name: 'Passphrase' })
  await field.fill('not the passphrase')
  await page.keyboard.press('Enter')
  await expect(refused.getByText(/Nobody can look the passphrase up for you/)).toBeVisible()
  await field.fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your keys are unlocked. Now try again.')).toBeVisible()
  await page.getByRole('button', { name: 'Run again' }).click()
  // It runs, and has its key; what it wants of DeepL can't be had here.
  const uses = () => readFile(join(home, 'secret-names.json'), 'utf8')
  await expect.poll(uses, { timeout: 30_000 }).toMatch(/"lastUsedAt": "20/)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible()

  await goTo(page, 'Keys')
  await expect(page.getByText(/8:fx/).first()).toBeVisible()
  await page.getByRole('button', { name: 'Change the passphrase' }).click()
  const change = page.getByRole('dialog')
  await change.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(passphrase)
  await change.getByRole('textbox', { name: 'New passphrase' }).fill(nextPassphrase)
  await change.getByRole('textbox', { name: 'The same again' }).fill(nextPassphrase)
  await page.keyboard.press('Enter')
  await expect(change).toBeHidden()
  await page.getByRole('button', { name: 'Lock now' }).click()
  const unlock = page.getByRole('textbox', { name: 'Passphrase' })
  await unlock.fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByText(/Nobody can look the passphrase up for you/)).toBeVisible()
  await unlock.fill(nextPassphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByText(/8:fx/).first()).toBeVisible()
  expect(await createCanary(value).inFiles(home)).toEqual([])
  await rm(documents, { recursive: true })
})
