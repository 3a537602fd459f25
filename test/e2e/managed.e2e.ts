import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildIn, expect, goTo, test } from '../support/e2e-installed.ts'
import { look } from '../support/e2e-look.ts'
import { root } from '../support/e2e-registry.ts'

test('an administrator writes a policy, sees what people will see, and hands it out', async ({ launch }) => {
  const skillet = await launch()
  const { app, page, home, cli } = skillet
  await goTo(page, 'Settings')
  await page.getByRole('link', { name: 'Write a policy' }).click()
  await page.getByLabel('Name of the organisation').fill('Example Ltd')
  await page.getByLabel('Colour of buttons and marks').fill('#0a5c36')
  await page.getByLabel('Never these publishers').fill('acme')
  const toggle = (name: string) =>
    page.getByRole('switch', { name }).evaluate((input) => (input as HTMLInputElement).click())
  await toggle('Limit what skills may do')
  await toggle('Connect to the internet')
  const preview = page.getByRole('region', { name: 'What people see' })
  await expect(preview.getByText('Managed by Example Ltd')).toBeVisible()
  await expect(preview.getByText('No skill connects to the internet.')).toBeVisible()
  await expect(preview.getByText('No skills by acme.')).toBeVisible()
  await look(skillet, 'policy-editor')

  for (const [name, ending] of [
    ['Save policy.json', 'json'],
    ['Save for macOS (.mobileconfig)', 'mobileconfig'],
    ['Save for Windows (.reg)', 'reg'],
  ] as const) {
    const path = join(home, `made.${ending}`)
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    }, path)
    await page.getByRole('button', { name }).click()
    await expect(page.getByText(`Saved as ${path}.`)).toBeVisible()
  }
  expect((await cli(['policy', 'check', join(home, 'made.json')])).status).toBe(0)
  const written = await readFile(join(home, 'made.json'), 'utf8')

  // What was handed out for Windows is opened again, and is the same.
  await page.reload()
  await expect(page.getByLabel('Name of the organisation')).toHaveValue('')
  await skillet.chooserAnswers(join(home, 'made.reg'))
  await page.getByRole('button', { name: 'Open a policy…' }).click()
  await expect(page.getByLabel('Name of the organisation')).toHaveValue('Example Ltd')
  await app.evaluate(
    ({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    },
    join(home, 'again.json'),
  )
  await page.getByRole('button', { name: 'Save policy.json' }).click()
  await expect(page.getByText('again.json')).toBeVisible()
  expect(JSON.parse(await readFile(join(home, 'again.json'), 'utf8'))).toEqual(JSON.parse(written))
})

test('a preconfigured program shows who manages it, in their colours, and what can’t be changed', async ({
  installed,
  launch,
  registry,
}) => {
  const policy = {
    organisation: 'Example Ltd',
    support: { name: 'IT help desk', email: 'help@example.com' },
    branding: { name: 'Example Skills', accent: '#f2d000', logo: 'logo.svg' },
    registries: [{ url: registry.url }],
    publishers: { block: ['acme'] },
    ceiling: { capabilities: ['fs:read', 'fs:write'], fs_write_roots: ['state:*', 'input:*'] },
    telemetry: 'off',
    skills: { preinstall: [{ skill: 'parse-input' }] },
  }
  await buildIn(installed, 'policy.json', JSON.stringify(policy))
  const fixture = join(root, 'test/fixtures/packages/brand/logo.svg')
  await buildIn(installed, 'brand/logo.svg', await readFile(fixture, 'utf8'))
  // Nobody named a registry: the policy does.
  const skillet = await launch({ program: installed.program, env: { SKILLET_REGISTRY: '' } })
  const { page } = skillet
  await expect(page).toHaveTitle('Example Skills')
  await goTo(page, 'Settings')
  const managed = page.getByRole('region', { name: 'Managed by Example Ltd' })
  await expect(managed.getByText('No skill connects to the internet.')).toBeVisible()
  await expect(managed.getByText('help@example.com')).toBeVisible()
  const sidebar = page.getByRole('navigation', { name: 'Main' })
  await expect(sidebar.getByText('Example Skills')).toBeVisible()
  await expect(sidebar.locator('img')).toHaveJSProperty('complete', true)
  expect(await sidebar.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(
    0,
  )
  await expect(
    page.getByRole('region', { name: 'About Example Skills' }).getByText(/^Skillet \d/),
  ).toBeVisible()
  await expect(page.getByRole('switch', { name: 'Go online' })).toBeDisabled()
  await expect(page.getByText('Managed by Example Ltd.').first()).toBeVisible()
  await managed.scrollIntoViewIfNeeded()
  await look(skillet, 'managed-settings')
  await goTo(page, 'Library')
  await expect(page.getByRole('main').getByText('Parse a document').first()).toBeVisible()
})
