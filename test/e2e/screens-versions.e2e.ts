import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, goTo, installByHand, questions, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { publishPython, revoke } from '../support/e2e-skill.ts'

const run = '[run]\ncommand = ["python3", "main.py"]\n'

test('updates, versions, repair and trash: every screen is accessible and has its picture taken', async ({
  registry,
  skillet,
}) => {
  test.setTimeout(300_000)
  const { page, cli, home } = skillet
  const newer = {
    'look-one': run,
    'look-two': `[capabilities]\nnet = "Looks words up."\n[sandbox]\nnetwork = ["api.example.com"]\n${run}`,
    'look-three': run,
  }
  for (const [slug, toml] of Object.entries(newer)) {
    await publishPython(registry, slug, 'print("one")\n', run)
    await publishPython(registry, slug, 'print("two")\n', toml, '1.1.0')
    expect((await cli(['install', `${slug}@1.0.0`])).status).toBe(0)
  }
  const choose = async (title: string, item: string) => {
    await page.getByRole('button', { name: `More about ${title}` }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  await goTo(page, 'Library')
  await expect(page.getByRole('button', { name: 'Update all' })).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'library-updates')
  await choose('Test look-three', 'Stay at this version')
  await expect(page.getByText('Stays here, 1.1.0 is out')).toBeVisible()
  await page.getByRole('button', { name: 'Update all' }).click()
  await expect(page.getByText('Asks for more', { exact: true })).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'library-held-and-pinned')
  await page.getByRole('button', { name: 'Review the update of Test look-two' }).click()
  await expect(page.getByRole('dialog').getByText('New', { exact: true })).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'update-asks-for-more')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More about Test look-one' }).click()
  await look(skillet, 'library-menu')
  await page.getByRole('menuitem', { name: 'Go back to 1.0.0' }).click()
  await expect(page.getByText('Test look-one is back at 1.0.0.')).toBeVisible()
  await look(skillet, 'library-back-at-earlier')

  const file = join(home, 'skills/look-three/1.0.0/main.py')
  await chmod(file, 0o600)
  await writeFile(file, 'print("mine")\n')
  await choose('Test look-three', 'Check and repair')
  const dialog = page.getByRole('dialog', { name: 'Check Test look-three' })
  await expect(dialog.getByText('main.py')).toBeVisible()
  await look(skillet, 'check-edited')
  await dialog.getByRole('button', { name: 'Repair' }).click()
  await expect(dialog.getByText('is kept here', { exact: false })).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'check-repaired')
  await page.keyboard.press('Escape')

  for (const slug of ['look-one', 'look-three']) expect((await cli(['remove', slug])).status).toBe(0)
  await page.getByRole('link', { name: 'Removed skills' }).click()
  await expect(page.getByRole('list', { name: 'Removed skills' })).toBeVisible()
  await look(skillet, 'removed-skills')
  await page.getByRole('button', { name: 'Delete for good: Test look-one' }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await look(skillet, 'removed-delete')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('button', { name: 'Delete all for good' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for good' }).click()
  await expect(page.getByText('Nothing was removed')).toBeVisible()
  await look(skillet, 'removed-none')
  expect(await readdir(join(home, 'trash'))).toEqual([])
})

test('withdrawals, the registry’s word and files: every screen is accessible and has its picture taken', async ({
  launch,
  ownRegistry,
}) => {
  test.setTimeout(300_000)
  const own = await ownRegistry()
  const env = { SKILLET_REGISTRY: own.url, SKILLET_TRUST_ROOT: own.trustRoot, SKILLET_API_KEY: own.demoKey }
  const skillet = await launch({ env })
  const { page, cli } = skillet
  await installByHand(page, 'Parse a document')
  await page.keyboard.press('Escape')
  const secret =
    '[secrets.LOOK_API_KEY]\ntitle = "Look service key"\nrequired = false\nhosts = ["api.example.com"]\n'
  const online = '[capabilities]\nnet = "Asks the service."\n"env:read" = "Signs in."\n'
  const toml = `${online}[sandbox]\nnetwork = ["api.example.com"]\n${secret}${run}`
  await publishPython(own, 'look-gone', 'print("bad")\n', toml)
  expect((await cli(['install', 'look-gone', '--grant-declared'])).status).toBe(0)
  await publishPython(own, 'look-gone', 'print("good")\n', toml, '1.0.1')
  await revoke(
    own,
    'look-gone@1.0.0',
    ...['--reason', 'A changed part of it sent the text of documents to a server that nobody had named.'],
    ...['--severity', 'critical', '--rotate', 'LOOK_API_KEY'],
  )
  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'was withdrawn' })).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Discover')
  await look(skillet, 'withdrawn-banner')
  await goTo(page, 'Library')
  await expect(page.getByRole('region', { name: 'Test look-gone was withdrawn' })).toBeVisible()
  await look(skillet, 'withdrawn-library')
  await page.getByRole('link', { name: 'Test look-gone', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Test look-gone was withdrawn' })).toBeVisible()
  await look(skillet, 'withdrawn-skill')
  await page.evaluate(() => (location.hash = '#/run/look-gone'))
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await look(skillet, 'withdrawn-run')
  await page.getByRole('button', { name: 'Remove Test look-gone' }).click()

  await goTo(page, 'Settings')
  const section = page.getByRole('region', { name: 'Whose word Skillet takes' })
  await section.getByRole('button', { name: 'Details' }).click()
  await section.getByText('keys must agree', { exact: false }).scrollIntoViewIfNeeded()
  await look(skillet, 'settings-whose-word')

  const folder = await mkdtemp(join(tmpdir(), 'skillet-look-'))
  const bundle = join(folder, 'csv-profile.skillet')
  expect((await cli(['pack', '--bundle', 'csv-profile', '-o', bundle])).status).toBe(0)
  await own.stop({ keepData: true })
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText(/holds until/).first()).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'settings-offline')
  await goTo(page, 'Library')
  await look(skillet, 'library-offline')
  await skillet.chooserAnswers(bundle)
  await page.getByRole('button', { name: 'Install from a file…' }).click()
  await questions(page, 'CSV profile')
  await look(skillet, 'install-from-file')
  await page.getByRole('dialog').getByRole('button', { name: 'Details' }).click()
  await look(skillet, 'install-details')
  await page.keyboard.press('Escape')
  await skillet.chooserAnswers(join(folder, 'missing.skillet'))
  await page.getByRole('button', { name: 'Install from a file…' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible({ timeout: 30_000 })
  await look(skillet, 'install-file-refused')
  await page.keyboard.press('Escape')
  await rm(folder, { recursive: true })
})
