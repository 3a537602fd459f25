import { chmod, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, goTo, test } from '../support/e2e-app.ts'

declare global {
  // Set inside the app's main process by the test.
  var shownFolders: string[] | undefined
}

test('edited files are found, named and put back, and the edited copy is kept', async ({ skillet }) => {
  const { page, app, home } = skillet
  expect((await skillet.cli(['install', 'csv-profile', '--grant-declared'])).status).toBe(0)
  const skills = join(home, 'skills/csv-profile')
  const [version] = (await readdir(skills)).filter((name) => name !== 'current')
  const file = join(skills, version!, 'SKILL.md')
  await chmod(file, 0o600)
  await writeFile(file, `${await readFile(file, 'utf8')}\nMine.\n`)
  await goTo(page, 'Library')
  await page.getByRole('button', { name: 'More about CSV profile' }).click()
  await page.getByRole('menuitem', { name: 'Check and repair' }).click()
  const dialog = page.getByRole('dialog', { name: 'Check CSV profile' })
  await expect(dialog.getByText('1 file is no longer as signed', { exact: false })).toBeVisible()
  await expect(dialog.getByText('SKILL.md')).toBeVisible()
  await dialog.getByRole('button', { name: 'Repair' }).click()
  await expect(dialog.getByText('Every file is as it was signed again.')).toBeVisible({ timeout: 30_000 })
  const kept = await dialog.locator('p.font-mono').innerText()
  expect(kept.startsWith(home)).toBe(true)
  expect(await readFile(join(kept, 'SKILL.md'), 'utf8')).toContain('Mine.')
  expect(await readFile(file, 'utf8')).not.toContain('Mine.')
  await app.evaluate(({ shell }) => {
    globalThis.shownFolders = []
    shell.showItemInFolder = (path) => void globalThis.shownFolders?.push(path)
  })
  await dialog.getByRole('button', { name: 'Show the folder' }).click()
  await expect.poll(() => app.evaluate(() => globalThis.shownFolders)).toEqual([kept])
  expect((await skillet.cli(['verify', 'csv-profile'])).status).toBe(0)
})

test('removed skills come back from the trash, or are deleted for good after a second word', async ({
  skillet,
}) => {
  const { page, home } = skillet
  for (const slug of ['csv-profile', 'parse-input']) {
    expect((await skillet.cli(['install', slug, '--grant-declared'])).status).toBe(0)
    expect((await skillet.cli(['remove', slug])).status).toBe(0)
  }
  await goTo(page, 'Library')
  await page.getByRole('link', { name: 'Removed skills' }).click()
  const list = page.getByRole('list', { name: 'Removed skills' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await list.getByRole('button', { name: 'Bring back CSV profile' }).click()
  await expect(page.getByText('CSV profile is back.')).toBeVisible()
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await list.getByRole('button', { name: 'Delete for good: Parse a document' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Delete Parse a document for good?' })
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await expect(page.getByText('Nothing was removed')).toBeVisible()
  expect(await readdir(join(home, 'trash'))).toEqual([])
  expect((await skillet.cli(['verify', 'csv-profile'])).status).toBe(0)
})
