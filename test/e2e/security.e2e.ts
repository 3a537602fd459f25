import { readFile, readlink } from 'node:fs/promises'
import { contract } from '../../src/shared/contract/index.ts'
import type { SkilletBridge } from '../../src/shared/contract/index.ts'
import { expect, test } from '../support/e2e-app.ts'

interface Probe {
  inline?: boolean
  evaluated?: boolean
}

/** Tries inline script and eval as the page itself would: a debugger's own evaluation is above the policy. */
const tryInjection = `new Promise((done) => {
  window.probe = {}
  const script = document.createElement('script')
  script.textContent = 'window.probe.inline = true'
  document.body.append(script)
  setTimeout(() => {
    try { (0, eval)('window.probe.evaluated = true') } catch {}
    done(window.probe)
  }, 50)
})`

test('the page has no Node and exactly the calls of the contract', async ({ skillet }) => {
  const { page, app } = skillet
  const seen = await page.evaluate(() => ({
    node: [
      typeof (globalThis as { require?: unknown }).require,
      typeof (globalThis as { process?: unknown }).process,
      typeof (globalThis as { Buffer?: unknown }).Buffer,
      typeof (globalThis as { electron?: unknown }).electron,
    ],
    calls: Object.keys((window as unknown as { skillet: SkilletBridge }).skillet.calls),
    members: Object.keys((window as unknown as { skillet: SkilletBridge }).skillet),
  }))
  expect(seen.node).toEqual(['undefined', 'undefined', 'undefined', 'undefined'])
  expect(seen.calls).toEqual(Object.keys(contract))
  expect(seen.members.toSorted()).toEqual(['calls', 'firstLanguage', 'on', 'pathOf', 'platform'])
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    // Electron's own view of what the window was made with.
    return (
      window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  })
  expect(await app.evaluate(({ app: electron }) => electron.commandLine.hasSwitch('no-sandbox'))).toBe(false)
  // What counts is what the kernel says of the page's own process: a system call filter and a user namespace.
  const renderer = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId(),
  )
  expect(await readFile(`/proc/${renderer}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m)
  expect(await readlink(`/proc/${renderer}/ns/user`)).not.toBe(await readlink('/proc/self/ns/user'))
})

test('inline script and eval run in an ordinary page and not in ours', async ({ skillet }) => {
  const { app, page } = skillet
  const control = await app.evaluate(async ({ BrowserWindow }, code) => {
    const window = new BrowserWindow({ show: false, webPreferences: { partition: 'control' } })
    await window.loadURL('data:text/html,<body></body>')
    const probe = (await window.webContents.executeJavaScript(code)) as Probe
    window.destroy()
    return probe
  }, tryInjection)
  expect(control).toEqual({ inline: true, evaluated: true })
  expect(await page.evaluate(tryInjection)).toEqual({})
})

test('nothing leaves the page: no request, image, frame, form or beacon', async ({ skillet, registry }) => {
  const answers = await skillet.page.evaluate(async (url) => {
    const loads = (element: HTMLElement & { src: string }, address: string) =>
      new Promise<string>((resolve) => {
        element.addEventListener('load', () => resolve('loaded'))
        element.addEventListener('error', () => resolve('refused'))
        element.src = address
        document.body.append(element)
        setTimeout(() => resolve('refused'), 1500)
      })
    return {
      fetch: await fetch(`${url}/status`).then(
        () => 'loaded',
        () => 'refused',
      ),
      image: await loads(document.createElement('img'), `${url}/status`),
      script: await loads(document.createElement('script'), `${url}/status`),
      file: await fetch('file:///etc/passwd').then(
        () => 'loaded',
        () => 'refused',
      ),
    }
  }, registry.url)
  // The control: the same address answers to anybody else.
  expect((await fetch(`${registry.url}/status`)).ok).toBe(true)
  expect(answers).toEqual({ fetch: 'refused', image: 'refused', script: 'refused', file: 'refused' })
})

test('the window can be neither left nor doubled', async ({ skillet }) => {
  const { app, page } = skillet
  const before = page.url()
  await page.evaluate(() => {
    window.open('https://example.com')
    const link = document.createElement('a')
    link.href = 'https://example.com/'
    link.target = '_blank'
    document.body.append(link)
    link.click()
    location.href = 'https://example.com/'
  })
  await page.evaluate(() => (location.href = 'file:///etc/passwd'))
  await page.waitForTimeout(500)
  expect(new URL(page.url()).host).toBe(new URL(before).host)
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('every permission is denied', async ({ skillet }) => {
  const answers = await skillet.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi']
    const states: Record<string, string> = {}
    for (const name of names)
      states[name] = (await navigator.permissions.query({ name: name as PermissionName })).state
    states['asked'] = await Notification.requestPermission()
    return states
  })
  for (const [name, state] of Object.entries(answers)) expect([name, state]).toEqual([name, 'denied'])
})

test('another window with our own preload and address is not answered', async ({ skillet }) => {
  const { app, page } = skillet
  const call = 'window.skillet.calls["library.list"](null).then((r) => r.ok, (e) => String(e))'
  expect(await page.evaluate(call)).toBe(true)
  const forged = await app.evaluate(async ({ app: electron, BrowserWindow }, code) => {
    const preload = `${electron.getAppPath()}/out/preload/index.cjs`
    const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
    await window.loadURL('app://skillet/index.html')
    const answer: unknown = await window.webContents.executeJavaScript(code)
    window.destroy()
    return answer
  }, call)
  expect(forged).toContain('refused')
})

test('a file that nobody chose and a path that no run wrote are refused', async ({ skillet }) => {
  const { page } = skillet
  expect((await skillet.cli(['install', 'csv-profile', '--grant-declared'])).status).toBe(0)
  const end = await page.evaluate(async () => {
    const { calls, on } = (window as unknown as { skillet: SkilletBridge }).skillet
    const ended = new Promise((resolve) => on('run.finished', resolve))
    await calls['run.start']({ slug: 'csv-profile', inputs: { file: '/etc/passwd' } })
    return ended
  })
  expect(end).toMatchObject({ result: null, error: { code: 'INPUT_INVALID' } })
  const show = 'window.skillet.calls["file.show"]({ path: "/etc/passwd", how: "open" })'
  expect(await page.evaluate(show)).toMatchObject({ ok: false, error: { code: 'PERMISSION_DENIED' } })
})
