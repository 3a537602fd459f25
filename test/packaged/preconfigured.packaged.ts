import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, runInstalled, test } from '../support/packaged-app.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'skillet-home-'))

test('no environment, argument or file of the user’s talks the program out of its policy', async ({
  skill,
}) => {
  const home = await newFolder()
  // All that a person can write to, saying the opposite.
  const open = JSON.stringify({
    ceiling: { capabilities: ['fs:read', 'fs:write'], fs_write_roots: ['reports'] },
  })
  for (const name of ['policy.json', 'managed-policy.json']) await writeFile(join(home, name), '{}')
  const folder = await newFolder()
  await writeFile(join(folder, 'policy.json'), open)
  const install = ['install', skill.file, '--grant-declared']
  const other = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_DIRS: folder }
  const hoped = { SKILLET_POLICY: join(folder, 'policy.json'), SKILLET_MANAGED_POLICY: '' }
  const electrons = {
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: '--no-warnings',
    ELECTRON_OVERRIDE_DIST_PATH: folder,
  }
  const ways: [string, number, string[], Record<string, string>][] = [
    ['as it is', 3, install, {}],
    ['another home', 3, ['--home', await newFolder(), ...install], {}],
    ['other folders', 3, install, other],
    ['names that somebody may hope for', 3, install, hoped],
    ['Electron’s own', 3, install, electrons],
    ['switches of Chromium’s', 2, [`--app=${folder}`, ...install], {}],
  ]
  const base = { SKILLET_HOME: home, SKILLET_TRUST_ROOT: skill.root }
  for (const [name, expected, words, env] of ways) {
    const { status, stderr } = await runInstalled(words, { env: { ...base, ...env }, cwd: folder })
    expect([name, status, stderr.includes('POLICY_DENIED')]).toEqual([name, expected, expected === 3])
  }
  const { stdout } = await runInstalled(['list', '--json'], { env: base })
  expect(JSON.parse(stdout)).toEqual({ skills: [] })
})

test('the window starts with the policy in force, and it and the desktop show the brand', async ({
  skill,
  open,
}) => {
  const entry = await readFile('/usr/share/applications/skillet.desktop', 'utf8')
  expect(entry).toContain('Name=Example Skillet\n')
  const page = await open([skill.file], { SKILLET_HOME: await newFolder(), SKILLET_TRUST_ROOT: skill.root })
  await expect(page.getByRole('dialog').getByText('Your administrator doesn', { exact: false })).toBeVisible({
    timeout: 20_000,
  })
  await expect(page).toHaveTitle('Example Skillet')
  await expect(page.locator('nav img')).toHaveAttribute('src', /^data:image\/svg\+xml;base64,/)
})
