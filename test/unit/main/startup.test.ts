import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createStartup } from '../../../src/main/startup.ts'

const app = {
  getLoginItemSettings: () => {
    throw new Error('not on Linux')
  },
  setLoginItemSettings: () => {
    throw new Error('not on Linux')
  },
}

it('start at login is off until it is switched on, and leaves nothing when it is switched off', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-config-'))
  const startup = createStartup(app, {
    program: '/opt/My $kill"et/skillet',
    env: { XDG_CONFIG_HOME: folder },
    platform: 'linux',
  })
  expect(await startup.isOn()).toBe(false)
  await startup.set(true)
  expect(await startup.isOn()).toBe(true)
  const entry = await readFile(join(folder, 'autostart/skillet.desktop'), 'utf8')
  expect(entry).toContain(String.raw`Exec="/opt/My \\$kill\\"et/skillet" --hidden`)
  await startup.set(false)
  expect(await startup.isOn()).toBe(false)
  await startup.set(false)
  await rm(folder, { recursive: true })
})
