import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeOrders } from '../support/csv.ts'
import { expect, goTo, installByHand, questions, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

test('every screen is accessible and has its picture taken', async ({ skillet }) => {
  test.setTimeout(300_000)
  const { page } = skillet
  const folder = await mkdtemp(join(tmpdir(), 'skillet-orders-'))
  const file = join(folder, 'orders.csv')
  await writeOrders(file, 2_000)

  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  await look(skillet, 'discover')
  await page.getByRole('searchbox', { name: 'Search skills' }).fill('no such skill at all')
  await expect(page.getByRole('article')).toHaveCount(0)
  await look(skillet, 'discover-nothing-found')
  await page.getByRole('searchbox', { name: 'Search skills' }).fill('')

  await page.getByRole('link', { name: 'CSV profile', exact: true }).click()
  for (const tab of ['About', 'What it can do', 'Files', 'This computer', 'Who made it']) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(page.getByRole('tabpanel')).toBeVisible()
    await look(skillet, `skill-${tab.toLowerCase().replaceAll(' ', '-')}`)
  }

  await goTo(page, 'Library')
  await look(skillet, 'library-empty')
  await goTo(page, 'Discover')
  await page.getByRole('button', { name: 'Install CSV profile' }).click()
  const [first, second] = await questions(page, 'CSV profile')
  await look(skillet, 'install-questions')
  await first?.getByRole('radio', { name: 'Allow', exact: true }).click()
  await second?.getByRole('radio', { name: 'Don’t allow' }).click()
  await look(skillet, 'install-refused')
  await page.keyboard.press('Escape')
  await installByHand(page, 'CSV profile')
  await look(skillet, 'install-done')
  await page.getByRole('button', { name: 'Run it now' }).click()

  await expect(page.getByRole('form', { name: 'Run CSV profile' })).toBeVisible()
  await look(skillet, 'run-form')
  await skillet.chooserAnswers(file)
  await page
    .getByRole('group', { name: 'CSV file' })
    .getByRole('button', { name: /Choose file/ })
    .click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible({ timeout: 60_000 })
  await look(skillet, 'run-receipt')

  await goTo(page, 'Library')
  await expect(page.getByRole('list', { name: 'Installed skills' })).toBeVisible()
  await look(skillet, 'library')
  await goTo(page, 'Activity')
  await expect(page.getByText('CSV profile').first()).toBeVisible()
  await look(skillet, 'activity')
  await goTo(page, 'Keys')
  await look(skillet, 'keys')
  await goTo(page, 'Settings')
  await expect(page.getByText('Sandbox').first()).toBeVisible()
  await look(skillet, 'settings')
  await rm(folder, { recursive: true })
})
