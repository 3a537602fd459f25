import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunResult } from '../../src/shared/receipt.ts'
import type { SkilletBridge } from '../../src/shared/contract/index.ts'
import { writeOrders } from '../support/csv.ts'
import { expect, goTo, questions, test } from '../support/e2e-app.ts'

declare global {
  interface Window {
    finishedRuns?: (RunResult | null)[]
  }
}

test('find a skill, read it, install it, run it on a file of one’s own, read the receipt', async ({
  skillet,
}) => {
  const { page } = skillet
  const folder = await mkdtemp(join(tmpdir(), 'skillet-orders-'))
  const file = join(folder, 'orders.csv')
  await writeOrders(file, 100_000)

  await test.step('find it', async () => {
    await page.getByRole('searchbox', { name: 'Search skills' }).fill('csv profile')
    const card = page.getByRole('article', { name: 'CSV profile' })
    await expect(card).toBeVisible()
    await expect(card.getByText('Fits this computer')).toBeVisible()
    await card.getByRole('link', { name: 'CSV profile' }).click()
  })

  await test.step('read every file before installing', async () => {
    await page.getByRole('tab', { name: 'Files' }).click()
    const files = page.getByRole('listbox', { name: 'Files of this skill' }).getByRole('option')
    const names = await files.allTextContents()
    expect(names.join(' ')).toContain('SKILL.md')
    expect(names.join(' ')).toContain('skill.toml')
    for (const option of await files.all()) {
      await option.click()
      await expect(page.getByRole('tabpanel').getByRole('alert')).toHaveCount(0)
      await expect(page.getByRole('tabpanel').getByText('Loading the file')).toHaveCount(0)
    }
    await files.filter({ hasText: 'skill.toml' }).click()
    await expect(page.getByText('slug = "csv-profile"')).toBeVisible()
    expect((await skillet.cli(['list', '--json'])).stdout).toContain('"skills":[]')
  })

  await test.step('approve each thing and install', async () => {
    await page.getByRole('button', { name: 'Install CSV profile' }).click()
    const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
    const asked = await questions(page, 'CSV profile')
    expect(asked).toHaveLength(2)
    const install = dialog.getByRole('button', { name: 'Install', exact: true })
    for (const question of asked) {
      await expect(question.getByRole('radio', { checked: true })).toHaveCount(0)
      await expect(install).toBeDisabled()
      await question.getByRole('radio', { name: 'Allow', exact: true }).click()
    }
    await install.click()
    await expect(dialog.getByText('CSV profile is in your Library.')).toBeVisible({ timeout: 30_000 })
    await dialog.getByRole('button', { name: 'Run it now' }).click()
  })

  await test.step('run it on the file', async () => {
    await page.evaluate(() => {
      const bridge = (window as unknown as { skillet: SkilletBridge }).skillet
      window.finishedRuns = []
      bridge.on('run.finished', ({ result }) => window.finishedRuns?.push(result))
    })
    await skillet.chooserAnswers(file)
    await page
      .getByRole('group', { name: 'CSV file' })
      .getByRole('button', { name: /Choose file/ })
      .click()
    await expect(page.getByText('orders.csv', { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible({ timeout: 90_000 })
    await expect(page.getByText('100,000').first()).toBeVisible()
  })

  await test.step('the command line gives the same result', async () => {
    const [inWindow] = await page.evaluate(() => window.finishedRuns ?? [])
    const cli = await skillet.cli(['run', 'csv-profile', '--input', `file=${file}`, '--json'])
    expect(cli.stderr).toBe('')
    expect(cli.status).toBe(0)
    const onLine = JSON.parse(cli.stdout) as RunResult
    expect(inWindow).toBeTruthy()
    expect(same(onLine)).toEqual(same(inWindow as RunResult))
    expect(onLine.stdout).not.toBe('')
    expect(onLine.receipt.read).toContain(file)
    expect(onLine.receipt.written.length).toBeGreaterThan(0)
    expect(onLine.receipt.refused).toEqual([])
  })

  await test.step('both runs are in the journal, and it is intact', async () => {
    await goTo(page, 'Activity')
    await expect(page.getByText('CSV profile').first()).toBeVisible()
    expect((await skillet.cli(['audit', '--verify'])).status).toBe(0)
  })
  await rm(folder, { recursive: true })
})

/** What must not differ between two runs of the same skill on the same file. */
function same({ exitCode, signal, reason, stdout, stderr, receipt }: RunResult) {
  const { read, written, contacted, refused, requests, bytesOut } = receipt
  return { exitCode, signal, reason, stdout, stderr, read, written, contacted, refused, requests, bytesOut }
}
