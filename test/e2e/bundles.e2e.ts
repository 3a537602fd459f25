import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { electronPath, expect, questions, test, type SkilletApp } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { environment, root, runBuiltCli, type DemoRegistry } from '../support/e2e-registry.ts'

let folder: string
test.beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'skillet-bundle-'))))
test.afterEach(() => rm(folder, { recursive: true }))

async function pack(registry: DemoRegistry, slug: string): Promise<string> {
  const file = join(folder, `${slug}.skillet`)
  const env = {
    SKILLET_HOME: join(folder, 'home'),
    SKILLET_REGISTRY: registry.url,
    SKILLET_TRUST_ROOT: registry.trustRoot,
    SKILLET_API_KEY: registry.demoKey,
  }
  const packed = await runBuiltCli(['pack', '--bundle', slug, '-o', file], { env })
  expect(packed.stderr).toBe('')
  return file
}

/** A registry that is nowhere: everything must come out of the file. */
const nowhere = { SKILLET_REGISTRY: 'http://127.0.0.1:9' }

/** Drags files over the window and drops them, as the system does it. */
async function drop(
  { page }: SkilletApp,
  files: string[],
  whileOver: () => Promise<void> = async () => {},
): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
  await expect(page.getByText('Drop to check and add')).toBeVisible()
  await whileOver()
  await session.send('Input.dispatchDragEvent', { type: 'drop', x: 600, y: 400, data })
  await expect(page.getByText('Drop to check and add')).toBeHidden()
}

test('a file that Skillet is started with installs without any connection', async ({ registry, launch }) => {
  const file = await pack(registry, 'csv-profile')
  const { page, cli } = await launch({ env: nowhere, args: [file] })
  const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
  await expect(dialog.getByText('signature genuine', { exact: false })).toBeVisible({ timeout: 30_000 })
  for (const question of await questions(page, 'CSV profile'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await expect(dialog.getByText('CSV profile is in your Library.')).toBeVisible({ timeout: 30_000 })
  expect((await cli(['verify', 'csv-profile'])).status).toBe(0)
})

test('a file that is opened while Skillet runs comes to its window', async ({ registry, skillet }) => {
  const file = await pack(registry, 'parse-input')
  await expect(skillet.page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  // Started by hand: the driver can't follow a process that ends before it has a window.
  const second = spawn(electronPath(), [root, 'parse-input.skillet'], {
    cwd: folder,
    env: { ...environment(), SKILLET_HOME: skillet.home },
    stdio: 'ignore',
  })
  await once(second, 'exit')
  await expect(skillet.page.getByRole('dialog', { name: 'Install Parse a document' })).toBeVisible({
    timeout: 30_000,
  })
  expect(file).toContain(folder)
})

test('a file that is dropped is checked and shown; anything else is told apart', async ({
  registry,
  skillet,
}) => {
  const { page } = skillet
  const file = await pack(registry, 'csv-profile')
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  const picture = join(folder, 'holiday.png')
  await writeFile(picture, 'x')
  await drop(skillet, [picture])
  await expect(page.getByText('“holiday.png” is neither', { exact: false })).toBeVisible()
  await drop(skillet, [file, picture])
  await expect(page.getByText('Drop one file at a time.')).toBeVisible()
  await drop(skillet, [file], () => look(skillet, 'drop'))
  const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
  await expect(dialog.getByText('signature genuine', { exact: false })).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Escape')

  const forged = join(folder, 'forged.skillet')
  const bytes = await readFile(file)
  const payload = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08]))
  bytes[payload + 1000] = bytes[payload + 1000]! ^ 1
  await writeFile(forged, bytes)
  await drop(skillet, [forged])
  for (const question of await questions(page, 'CSV profile'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('altered', { timeout: 30_000 })
  expect((await skillet.cli(['list', '--json'])).stdout).toContain('"skills":[]')
})

test('only a .skillet file that the person opened, dropped or chose is looked at', async ({ skillet }) => {
  for (const path of [
    '/etc/passwd',
    'relative.skillet',
    '/etc/shadow\0.skillet',
    '//host/share/a.skillet',
    '/home/never/opened.skillet',
  ])
    expect(
      await skillet.page.evaluate(`window.skillet.calls["install.planFile"](${JSON.stringify({ path })})`),
    ).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID' } })
})
