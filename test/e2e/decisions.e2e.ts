import { expect, goTo, installByHand, questions, test } from '../support/e2e-app.ts'

test('what is not allowed is not installed, and the answer is remembered', async ({ skillet }) => {
  const { page } = skillet
  await page.getByRole('button', { name: 'Install CSV profile' }).click()
  const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
  const [read, write] = await questions(page, 'CSV profile')
  await read?.getByRole('radio', { name: 'Allow', exact: true }).click()
  await write?.getByRole('radio', { name: 'Don’t allow' }).click()
  await expect(dialog.getByText('can’t be installed without this')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Install', exact: true })).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Don’t install' }).click()
  await expect(dialog).toBeHidden()

  await goTo(page, 'Library')
  await expect(page.getByText('Your skills will be here')).toBeVisible()
  const grants = JSON.parse((await skillet.cli(['grants', 'list', '--json'])).stdout) as {
    grants: { capability: string; decision: string }[]
  }
  expect(grants.grants).toContainEqual(expect.objectContaining({ capability: 'fs:write', decision: 'deny' }))
  const again = await skillet.cli(['install', 'csv-profile', '--grant', 'fs:read'])
  expect(again.status).toBe(3)
})

test('Escape in the middle installs nothing', async ({ skillet }) => {
  const { page } = skillet
  await page.getByRole('button', { name: 'Install CSV profile' }).click()
  await questions(page, 'CSV profile')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect((await skillet.cli(['list', '--json'])).stdout).toContain('"skills":[]')
})

test('a removed skill comes back with Undo', async ({ skillet }) => {
  const { page } = skillet
  await installByHand(page, 'CSV profile')
  await page.keyboard.press('Escape')
  await goTo(page, 'Library')
  await page.getByRole('button', { name: /More/ }).click()
  await page.getByRole('menuitem', { name: /Remove/ }).click()
  await expect(page.getByText('Your skills will be here')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('list', { name: 'Installed skills' }).getByText('CSV profile')).toBeVisible()
  expect((await skillet.cli(['verify', 'csv-profile'])).status).toBe(0)
})

test('a skill that does not fit says why and leads to one that does', async ({ skillet }) => {
  const { page } = skillet
  const card = page.getByRole('article', { name: 'Photo upscale (NVIDIA)' })
  await expect(card.getByText(/Needs 12 GB of/)).toBeVisible()
  await expect(card.getByRole('button', { name: /^Install/ })).toHaveCount(0)
  await card.getByRole('link', { name: 'See why Photo upscale (NVIDIA) doesn’t fit' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Photo upscale (NVIDIA)' })).toBeVisible()
  await expect(page.getByText('12 GB of NVIDIA graphics memory').first()).toBeVisible()
  await page.getByRole('link', { name: 'Look at it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Photo upscale', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Install Photo upscale', exact: true })).toBeVisible()

  const cli = await skillet.cli(['install', 'photo-upscale-gpu', '--grant-declared', '--json'])
  expect(cli.status).toBe(5)
  expect(JSON.parse(cli.stdout)).toMatchObject({ error: { code: 'INCOMPATIBLE' } })
  expect(cli.stdout).toContain('photo-upscale')
})
