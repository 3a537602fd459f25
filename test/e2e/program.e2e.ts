import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import type { MenuItem } from 'electron'
import { updatePayloadType } from '../../src/engine/updates/update-feed.ts'
import { encodeBase64 } from '../../src/trust/base64.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../src/trust/seal-envelope.ts'
import { generateSigningKey, publicKeyOf } from '../../src/trust/sign.ts'
import { buildIn, expect, goTo, test } from '../support/e2e-installed.ts'
import { look } from '../support/e2e-look.ts'
import { environment } from '../support/e2e-registry.ts'

const day = 24 * 60 * 60_000
const key = generateSigningKey()
const newer = Buffer.from('the newer program')

const list = (version: string, changes: object = {}) => ({
  schema: 1,
  product: 'skillet',
  platform: process.platform,
  arch: process.arch,
  version,
  released: new Date(Date.now() - day).toISOString(),
  expires: new Date(Date.now() + day).toISOString(),
  notes: 'Reads larger files.',
  staging: 100,
  packages: [{ kind: 'deb', name: 'newer.deb', size: newer.length, sha256: sha256Hex(newer) }],
  ...changes,
})
const sealed = (value: object) =>
  Buffer.from(
    formatEnvelope(sealEnvelope(updatePayloadType, Buffer.from(JSON.stringify(value)), key.secretKey)),
  ).toString()

/** How many windows can be seen. */
const shown = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((one) => one.isVisible()).length)

test('a newer Skillet is offered, named outside of Settings until that is sent away, and only as it was signed', async ({
  installed,
  launch,
}) => {
  const files: Record<string, string | Buffer> = { '/newer.deb': newer }
  const feed = `/${process.platform}-${process.arch}.json`
  files[feed] = sealed(list('99.0.0'))
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    const source = {
      feed: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      keys: [encodeBase64(publicKeyOf(key.secretKey))],
    }
    await buildIn(installed, 'updates.json', JSON.stringify(source))
    const skillet = await launch({ program: installed.program, env: { SKILLET_LOOK_EVERY_S: '1' } })
    const { app, page, home } = skillet
    const notice = page.getByText('There is a newer Skillet: version 99.0.0.')
    await expect(notice).toBeVisible()
    await look(skillet, 'update-notice')
    await page.getByRole('link', { name: 'See what changes' }).click()
    const section = page.getByRole('region', { name: 'Updates of Skillet' })
    await expect(section.getByText('Reads larger files.')).toBeVisible()
    await expect(notice).toBeHidden()
    await app.evaluate(({ shell }) => {
      shell.openPath = (path) => {
        Object.assign(globalThis, { handedOn: path })
        return Promise.resolve('')
      }
    })
    await section.getByRole('button', { name: 'Install' }).click()
    const handedOn = () => app.evaluate(() => (globalThis as { handedOn?: string }).handedOn ?? null)
    await expect.poll(handedOn).toBe(join(home, 'updates', 'newer.deb'))
    expect(await readFile(join(home, 'updates', 'newer.deb'))).toEqual(newer)

    const envelope = JSON.parse(sealed(list('99.0.0'))) as { payload: string }
    const altered = { ...envelope, payload: encodeBase64(Buffer.from(JSON.stringify(list('99.9.0')))) }
    const ended = list('99.1.0', { expires: new Date(Date.now() - 1000).toISOString() })
    for (const [bad, words] of [
      [JSON.stringify(altered), /signature/i],
      [sealed(list('98.0.0')), /ends at 98\.0\.0, and 99\.0\.0 was there before/],
      [sealed(ended), /out of date since/],
    ] as const) {
      files[feed] = bad
      await section.getByRole('button', { name: 'Look for updates' }).click()
      await expect(section.getByRole('alert')).toContainText(words)
      await expect(section.getByText(/^Skillet 9(?:8|9\.[19])/)).toHaveCount(0)
    }

    await goTo(page, 'Library')
    await page.getByRole('button', { name: 'Close the notice about Skillet' }).click()
    await expect(notice).toBeHidden()
    await page.reload()
    await goTo(page, 'Settings')
    await expect(section.getByText('Reads larger files.')).toBeVisible()
    await goTo(page, 'Library')
    await expect(notice).toBeHidden()
  } finally {
    server.close()
  }
})

test('Skillet starts at login without a window, stays when it is closed, and a second start shows it', async ({
  installed,
  launch,
  launchHidden,
}) => {
  const { program } = installed
  const config = await mkdtemp(join(tmpdir(), 'skillet-config-'))
  const env = { XDG_CONFIG_HOME: config }
  const first = await launch({ program, env })
  await goTo(first.page, 'Settings')
  await first.page.getByText('Start when I sign in').click()
  const entry = join(config, 'autostart', 'skillet.desktop')
  await expect.poll(() => readFile(entry, 'utf8').catch(() => '')).toContain(`Exec="${program}" --hidden`)
  await first.app.close()

  const skillet = await launchHidden({ program, env, args: ['--hidden'] })
  const { app, home } = skillet
  expect(await shown(app)).toBe(0)
  const again = async (...words: string[]) => {
    const second = spawn(program, words, {
      env: { ...environment(), ...env, SKILLET_HOME: home },
      stdio: 'ignore',
    })
    return new Promise((done) => second.once('close', done))
  }
  const opens = app.waitForEvent('window')
  expect(await again()).toBe(0)
  const page = await opens
  await expect(page.getByRole('heading', { level: 1, name: 'Discover' })).toBeVisible()
  await expect.poll(() => shown(app)).toBe(1)

  // There is no tray to click at here: what the system is given for it is.
  await app.evaluate(({ Tray }) => {
    const { setContextMenu } = Tray.prototype
    Tray.prototype.setContextMenu = function keep(menu) {
      Object.assign(globalThis, { trayMenu: menu })
      setContextMenu.call(this, menu)
    }
  })
  await goTo(page, 'Settings')
  await page.getByRole('region', { name: 'Language' }).getByRole('button').click()
  await page.getByRole('option', { name: 'Deutsch' }).click()
  type WithMenu = typeof globalThis & { trayMenu?: { items: MenuItem[] } }
  const labels = () =>
    app.evaluate(() => (globalThis as WithMenu).trayMenu?.items.map(({ label }) => label) ?? [])
  await expect.poll(labels).toEqual(['Skillet öffnen', 'Kein Skill läuft', '', 'Skillet beenden'])
  const choose = (index: number) =>
    app.evaluate((_, at) => (globalThis as WithMenu).trayMenu?.items[at]?.click(), index)

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((one) => one.close()))
  await expect.poll(() => shown(app)).toBe(0)
  const opensAgain = app.waitForEvent('window')
  await choose(0)
  await opensAgain
  await expect.poll(() => shown(app)).toBe(1)
  const ended = app.waitForEvent('close')
  await choose(3)
  await ended
  await rm(config, { recursive: true })
})
