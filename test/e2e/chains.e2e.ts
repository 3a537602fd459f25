import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

const skills = ['parse-input', 'validate-coverage', 'extract-highlights', 'memory-update']
const text = `# Harbour report

## Ships

The harbour received 412 ships this year, eleven more than the year before.

## Cranes

Two new cranes were built on the northern quay. They lift forty tonnes each.
`

test('the chain that comes with Skillet: what is missing, a run, what each step did', async ({ skillet }) => {
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

  // A chain of the person's own is added from its file, removed, and brought back.
  const own = join(folder, 'weekly-notes.toml')
  await writeFile(
    own,
    `schema = 1
title = "Weekly notes"
summary = "Takes a document apart and picks what carries it."
[inputs.text]
type = "string"
title = "Text"
required = true
[[steps]]
skill = "parse-input"
inputs = { text = { from = "inputs.text" } }
[[steps]]
skill = "extract-highlights"
inputs = { document = { from = "parse-input" } }
`,
  )
  await goTo(page, 'Chains')
  await skillet.chooserAnswers(own)
  await page.getByRole('button', { name: 'Add a chain…' }).click()
  await expect(page.getByRole('heading', { name: 'Weekly notes', level: 1 })).toBeVisible()
  await goTo(page, 'Chains')
  await page.getByRole('button', { name: 'More about Weekly notes' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByRole('link', { name: 'Weekly notes', exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('link', { name: 'Weekly notes', exact: true })).toBeVisible()
  await rm(folder, { recursive: true })
})
