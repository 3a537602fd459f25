import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { electronPath, expect, test } from '../support/e2e-app.ts'
import { environment } from '../support/e2e-registry.ts'
import { publishPython } from '../support/e2e-skill.ts'

/** A report that tells a server what the skill has read, in three ways. */
const report = (port: number) =>
  `<!doctype html><title>Report</title><h1>Quarterly figures</h1>
<img src="http://127.0.0.1:${port}/image?secret=42">
<link rel=preconnect href="http://127.0.0.1:${port}">
<script>document.title='Taken over'; fetch('http://127.0.0.1:${port}/script?secret=42',{mode:'no-cors'})</script>`

/** Shows the report as any program would, and says what became of its title. */
const control = `const { app, BrowserWindow } = require('electron')
app.setPath('userData', __dirname + '/data')
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false })
  await window.loadFile('report.html')
  setTimeout(() => { console.log(window.getTitle()); app.exit(0) }, 700)
})`

test('a page that a skill wrote is shown as paper: no script, nothing sent', async ({
  registry,
  skillet,
}) => {
  const { app, page } = skillet
  let connections = 0
  const server = createServer((_request, response) => response.end()).on('connection', () => connections++)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const html = report((server.address() as AddressInfo).port)

  // In an ordinary Electron the same page runs its script and reaches the server.
  const folder = await mkdtemp(join(tmpdir(), 'skillet-control-'))
  await writeFile(join(folder, 'package.json'), '{"main":"main.js"}')
  await writeFile(join(folder, 'report.html'), html)
  await writeFile(join(folder, 'main.js'), control)
  const plain = spawn(electronPath(), [folder], { env: environment(), stdio: 'pipe' })
  let title = ''
  plain.stdout.on('data', (data) => (title += data))
  await once(plain, 'exit')
  await rm(folder, { recursive: true })
  expect(title).toContain('Taken over')
  expect(connections).toBeGreaterThan(0)
  connections = 0

  await publishPython(
    registry,
    'page-writer',
    `open('out/report.html', 'w').write(${JSON.stringify(html)})\n`,
    `[capabilities]\n"fs:write" = "Writes a report."\n[sandbox]\nwrite = ["out"]\n[run]\ncommand = ["python3", "main.py"]\n`,
  )
  expect((await skillet.cli(['install', 'page-writer', '--grant-declared'])).status).toBe(0)
  await page.evaluate(() => (location.hash = '#/run/page-writer'))
  await page.reload()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const [viewer] = await Promise.all([
    app.waitForEvent('window'),
    page.getByRole('button', { name: /^Open\b/ }).click({ timeout: 30_000 }),
  ])
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.getTitle())))
    .toContain('Report')
  await page.waitForTimeout(500)
  expect(viewer.url()).toMatch(/^file:.*\/out\/report\.html$/)
  expect(connections).toBe(0)
  server.close()
})
