import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { lifetimes } from '../../src/registry/tuf/roles.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { expect, goTo, test, type SkilletApp } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'

const timestamp = '/tuf/metadata/timestamp.json'
let registry: TinyRegistry
test.afterEach(() => registry.stop())

async function open(
  launch: (options: { env: Record<string, string> }) => Promise<SkilletApp>,
): Promise<SkilletApp> {
  const env = { SKILLET_REGISTRY: registry.url, SKILLET_TRUST_ROOT: registry.trustRoot }
  await registry.publish({ manifest: { run: { command: ['sh', 'scripts/hello.sh'] } }, files: hello })
  const skillet = await launch({ env })
  expect((await skillet.cli(['install', 'sample-skill', '--grant-declared'])).status).toBe(0)
  await expect(skillet.page.getByRole('article', { name: 'Sample' })).toBeVisible({ timeout: 30_000 })
  return skillet
}
const hello = [
  { path: 'SKILL.md', content: Buffer.from('---\nname: sample-skill\n---\n'), executable: false },
  { path: 'scripts/hello.sh', content: Buffer.from('echo hello\n'), executable: true },
]
const checkNow = (page: Page) => page.evaluate('window.skillet.calls["trust.refresh"](null)')

/** What the registry serves as its timestamp now. */
const currentTimestamp = () => readFile(join(registry.dataDir, timestamp))

test('a registry that stands still is noticed the moment its word runs out, and Try again ends it', async ({
  launch,
}) => {
  const seconds = 30
  registry = await startTinyRegistry(generateSigningKey(), {
    lifetimes: { ...lifetimes, timestamp: seconds / 86_400 },
  })
  const { page, cli } = await open(launch)
  // From now on somebody in between answers with what there was, whatever comes.
  registry.documents.set(timestamp, await currentTimestamp())
  await goTo(page, 'Settings')
  await expect(page.getByText(/^Until today at/)).toBeVisible()
  const banner = page.getByRole('alert').filter({ hasText: 'nothing installs and nothing runs' })
  await expect(banner).toBeVisible({ timeout: (seconds + 10) * 1000 })
  expect((await cli(['run', 'sample-skill'])).stderr).toContain('METADATA_EXPIRED')
  // Not the button: this is over when it returns, before there is anything newer to find.
  await checkNow(page)
  await expect(banner).toBeVisible()

  registry.documents.delete(timestamp)
  await registry.publish({ version: '1.0.1', files: hello })
  await banner.getByRole('button', { name: 'Try again' }).click()
  await expect(banner).toBeHidden({ timeout: 30_000 })
})

test('a registry that goes back in time is named and stops everything until it is put right', async ({
  launch,
}) => {
  registry = await startTinyRegistry(generateSigningKey())
  await registry.publish({ slug: 'earlier-skill', manifest: { title: 'Earlier' } })
  const old = await currentTimestamp()
  const skillet = await open(launch)
  const { page, cli } = skillet
  registry.documents.set(timestamp, old)
  await checkNow(page)
  const banner = page.getByRole('alert').filter({ hasText: 'nothing installs and nothing runs' })
  await expect(banner).toBeVisible()
  await look(skillet, 'lists-wrong')
  expect((await cli(['run', 'sample-skill'])).stderr).toContain('METADATA_ROLLBACK')
  registry.documents.delete(timestamp)
  await banner.getByRole('button', { name: 'Try again' }).click()
  await expect(banner).toBeHidden({ timeout: 30_000 })
  expect((await cli(['run', 'sample-skill'])).stdout).toContain('hello')
})

test('a registry that can’t be reached is one quiet line, and skills run on', async ({ launch }) => {
  registry = await startTinyRegistry(generateSigningKey())
  const { page } = await open(launch)
  await registry.stop()
  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(
    page.getByText(/can't be reached\. What the registry said .* holds until/).first(),
  ).toBeVisible({
    timeout: 30_000,
  })
  await goTo(page, 'Library')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.getByRole('link', { name: 'Run Sample' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('main').getByText(/^Finished/)).toBeVisible({ timeout: 30_000 })
})
