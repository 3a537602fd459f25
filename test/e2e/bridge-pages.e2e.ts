import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, test, type Browser, type Page } from '@playwright/test'
import { chromiumPath } from '../support/e2e-console.ts'
import { cliBundle, environment } from '../support/e2e-registry.ts'
import { startNaiveBridge } from '../support/naive-bridge.ts'

// What a real browser does for somebody else's page, to a server as it is usually written and to `skillet serve`. Asking
// to be connected is what the bridge does for anybody on this computer who isn't a web page.

let home: string
let skillet: ChildProcess
let port: number
let naive: Awaited<ReturnType<typeof startNaiveBridge>>
let site: Server
let browser: Browser
let page: Page
test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-pages-'))
  skillet = spawn(process.execPath, [cliBundle, 'serve', '--json', '--home', home], { env: environment() })
  const [line] = (await once(skillet.stdout!.setEncoding('utf8'), 'data')) as [string]
  port = Number(new URL((JSON.parse(line) as { url: string }).url).port)
  naive = await startNaiveBridge()
  site = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<iframe name="frame"></iframe>'),
  ).listen(0, '127.0.0.1')
  await once(site, 'listening')
  // A name of the attacker's that leads here, as after DNS rebinding.
  const args = ['--host-resolver-rules=MAP evil.example 127.0.0.1']
  browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: true, args })
  page = await browser.newPage()
  await page.goto(`http://evil.example:${(site.address() as AddressInfo).port}/`)
})
test.afterAll(async () => {
  await browser.close()
  site.closeAllConnections()
  site.close()
  await naive.stop()
  skillet.kill('SIGINT')
  await once(skillet, 'close')
  await rm(home, { recursive: true, force: true })
})

const wish = JSON.stringify({ name: 'A web page', scopes: ['catalog:read'] })
const hasAsked = () => existsSync(join(home, 'access', 'pairings.json'))
const onNaive = () => `http://127.0.0.1:${naive.port}`
const onSkillet = () => `http://127.0.0.1:${port}`

test('a page’s requests do nothing, whether it asks first or not', async () => {
  const send = (url: string, type: string, mode: 'no-cors' | 'cors') =>
    page.evaluate(
      async ([to, contentType, how, body]) => {
        const headers = { 'content-type': contentType }
        const answer = fetch(to, { method: 'POST', mode: how as RequestMode, headers, body })
        return answer.then(
          ({ type: kind }) => kind,
          () => 'refused',
        )
      },
      [url, type, mode, wish] as const,
    )
  expect(await send(`${onNaive()}/v1/runs`, 'text/plain', 'no-cors')).toBe('opaque')
  expect(await send(`${onNaive()}/v1/runs`, 'application/json', 'cors')).toBe('cors')
  expect(naive.done).toHaveLength(2)
  await send(`${onSkillet()}/v1/pairings`, 'text/plain', 'no-cors')
  expect(await send(`${onSkillet()}/v1/pairings`, 'application/json', 'cors')).toBe('refused')
  expect(hasAsked()).toBe(false)
})

test('nor do a form, an image and a WebSocket, and it reads nothing', async () => {
  const submit = (action: string) =>
    page.evaluate(
      async ([to, body]) => {
        const form = document.createElement('form')
        Object.assign(form, { method: 'post', action: to, enctype: 'text/plain', target: 'frame' })
        const field = document.createElement('input')
        // Becomes a body of JSON, but for its type.
        Object.assign(field, { name: `${body!.slice(0, -1)},"x":"`, value: '"}' })
        form.append(field)
        document.body.append(form)
        const loaded = new Promise((resolve) =>
          document.querySelector('iframe')!.addEventListener('load', resolve, { once: true }),
        )
        form.submit()
        await loaded
      },
      [action, wish] as const,
    )
  const image = (src: string) =>
    page.evaluate(
      (from) =>
        new Promise((resolve) => {
          const picture = new Image()
          picture.addEventListener('load', resolve)
          picture.addEventListener('error', resolve)
          picture.src = from
        }),
      src,
    )
  const socket = (url: string) =>
    page.evaluate(
      (to) =>
        new Promise<string>((resolve) => {
          const opened = new WebSocket(to)
          opened.addEventListener('open', () => resolve('open'))
          opened.addEventListener('error', () => resolve('refused'))
        }),
      url,
    )
  const read = (url: string) =>
    page.evaluate(
      async (from) =>
        fetch(from).then(
          (answer) => answer.text(),
          () => 'refused',
        ),
      url,
    )

  const before = naive.done.length
  await submit(`${onNaive()}/v1/runs`)
  await image(`${onNaive()}/v1/run?slug=count-words`)
  expect(naive.done.slice(before)).toEqual([expect.stringContaining('ran with'), 'ran count-words'])
  expect(await socket(`ws://127.0.0.1:${naive.port}/`)).toBe('open')
  expect(await read(`${onNaive()}/v1/skills`)).toContain('count-words')

  await submit(`${onSkillet()}/v1/pairings`)
  await image(`${onSkillet()}/v1/hello?challenge=${'c'.repeat(43)}`)
  expect(await socket(`ws://127.0.0.1:${port}/mcp`)).toBe('refused')
  expect(await read(`${onSkillet()}/openapi.json`)).toBe('refused')
  expect(hasAsked()).toBe(false)
})

test('a name of somebody else’s that leads here (DNS rebinding) opens nothing; a person may read the reference', async () => {
  const visitor = await browser.newPage()
  await visitor.goto(`http://evil.example:${naive.port}/v1/skills`)
  expect(await visitor.textContent('body')).toContain('count-words')
  const rebound = await visitor.goto(`http://evil.example:${port}/openapi.json`)
  expect([rebound!.status(), await visitor.textContent('body')]).toEqual([
    421,
    expect.not.stringContaining('/v1/skills'),
  ])
  await visitor.goto(`${onSkillet()}/docs`)
  await expect(visitor.getByRole('heading', { name: 'Skillet for agents' })).toBeVisible()
  // Whatever isn't a web page may ask.
  const asked = await fetch(`${onSkillet()}/v1/pairings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: wish,
  })
  expect([asked.status, hasAsked()]).toEqual([202, true])
  await visitor.close()
})
