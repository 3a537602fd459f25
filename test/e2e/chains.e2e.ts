import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { countProcesses, publishSleeper } from '../support/e2e-skill.ts'

const skills = ['parse-input', 'validate-coverage', 'extract-highlights', 'memory-update']
const text = `# Harbour report

## Ships

The harbour received 412 ships this year, eleven more than the year before.

## Cranes

Two new cranes were built on the northern quay. They lift forty tonnes each.
`

test('chains: what is missing, a run with what each step did, stopped and gone on with, removed and back', async ({
  registry,
  skillet,
}) => {
  test.setTimeout(240_000)
  const { page } = skillet
  const folder = await mkdtemp(join(tmpdir(), 'skillet-chain-'))
  const file = join(folder, 'report.md')
  await writeFile(file, text)

  await goTo(page, 'Chains')
  await expect(page.getByRole('list', { name: 'Chains' }).getByRole('heading')).toHaveCount(1)
  await look(skillet, 'chains')
  await page.getByRole('link', { name: /^Open / }).click()
  await expect(
    page.getByRole('list', { name: 'What is left to do first' }).getByRole('listitem'),
  ).toHaveCount(4)
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await look(skillet, 'chain-not-ready')

  for (const slug of skills) expect((await skillet.cli(['install', slug, '--grant-declared'])).status).toBe(0)
  await expect(page.getByRole('list', { name: 'What is left to do first' })).toHaveCount(0, {
    timeout: 30_000,
  })
  await skillet.chooserAnswers(file)
  await page
    .getByRole('group', { name: 'Document' })
    .getByRole('button', { name: /Choose file/ })
    .click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText(/^Finished in/)).toBeVisible({ timeout: 90_000 })
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem', { name: /^Step / })
  await expect(steps).toHaveCount(4)
  await steps.nth(2).getByRole('button', { name: 'What it made and did' }).click()
  await expect(steps.nth(2).getByRole('heading', { name: 'What happened' })).toBeVisible()
  await look(skillet, 'chain-done')

  // A chain of the person's own, stopped at its second step, goes on from there with what it was given.
  const { marker } = await publishSleeper(registry, 'chain-sleeper')
  expect((await skillet.cli(['install', 'chain-sleeper'])).status).toBe(0)
  const own = join(folder, 'slow-notes.toml')
  await writeFile(
    own,
    `schema = 1
title = "Slow notes"
summary = "Takes a text apart and then takes its time."
[inputs.text]
type = "string"
title = "Text"
required = true
[[steps]]
skill = "parse-input"
inputs = { text = { from = "inputs.text" } }
[[steps]]
skill = "chain-sleeper"
`,
  )
  await goTo(page, 'Chains')
  await skillet.chooserAnswers(own)
  await page.getByRole('button', { name: 'Add a chain…' }).click()
  await expect(page.getByRole('heading', { name: 'Slow notes', level: 1 })).toBeVisible()
  await page.getByRole('textbox', { name: 'Text' }).fill(text)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(steps.nth(1)).toHaveAttribute('aria-current', 'step', { timeout: 60_000 })
  await expect.poll(() => countProcesses(marker), { timeout: 30_000 }).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText('Stopped by you at step 2 of 2', { exact: true })).toBeVisible({
    timeout: 30_000,
  })
  expect(await countProcesses(marker)).toBe(0)
  await page.getByRole('button', { name: 'Go on from step 2' }).click()
  await expect(steps.first().getByText('Taken from the earlier run')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.locator('header').getByText('Stopped by you at step 2 of 2')).toBeVisible({
    timeout: 30_000,
  })
  await expect(page.getByRole('region', { name: 'Earlier runs' }).getByRole('listitem')).toHaveCount(1)
  await goTo(page, 'Chains')
  await page.getByRole('button', { name: 'More about Slow notes' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByRole('link', { name: 'Slow notes', exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('link', { name: 'Slow notes', exact: true })).toBeVisible()
  await rm(folder, { recursive: true })
})
