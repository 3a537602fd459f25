import { createRequire } from 'node:module'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IpcMainInvokeEvent } from 'electron'
import type * as Keytar from 'keytar'
import { createCanary } from '../support/canary.ts'
import { expect, goTo, questions, test, type SkilletApp } from '../support/e2e-app.ts'

const keytar = createRequire(import.meta.url)('keytar') as typeof Keytar
const name = 'DEEPL_API_KEY'
const value = 'e2e-0b5f7a1c-secret-4711:fx'
const canary = createCanary(value)

test.afterEach(async () => void (await keytar.deletePassword('Skillet', name)))

/** Keeps every answer and event that the main process sends to the window from now on. */
async function recordMessages({ app }: SkilletApp): Promise<() => Promise<string[]>> {
  await app.evaluate(({ ipcMain, webContents }) => {
    const sent: string[] = []
    Object.assign(globalThis, { sent })
    type Handler = (event: IpcMainInvokeEvent, input: unknown) => Promise<unknown>
    const { _invokeHandlers: handlers } = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> }
    for (const [channel, handler] of handlers)
      handlers.set(channel, async (event, input) => {
        const answer = await handler(event, input)
        sent.push(JSON.stringify([channel, answer]))
        return answer
      })
    for (const contents of webContents.getAllWebContents()) {
      const send = contents.send.bind(contents)
      contents.send = (channel, ...words) => {
        sent.push(JSON.stringify([channel, ...words]))
        send(channel, ...words)
      }
    }
  })
  return () => app.evaluate(() => (globalThis as unknown as { sent: string[] }).sent)
}

test('a key typed at install lands in the keychain and nowhere else', async ({ launch }) => {
  const skillet = await launch()
  const { app, page, home } = skillet
  const messages = await recordMessages(skillet)
  await page.getByRole('button', { name: 'Install Translate a document' }).click()
  const dialog = page.getByRole('dialog', { name: 'Install Translate a document' })
  for (const question of await questions(page, 'Translate a document'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  const install = dialog.getByRole('button', { name: 'Install', exact: true })
  await expect(install).toBeDisabled()
  const field = dialog.getByRole('textbox', { name: /DeepL API Free key/ })
  await expect(field).toHaveAttribute('type', 'password')
  await field.fill(value)
  await install.click()
  await expect(dialog.getByText('is in your Library')).toBeVisible({ timeout: 30_000 })
  expect(await keytar.getPassword('Skillet', name)).toBe(value)
  await dialog.getByRole('button', { name: 'Close' }).click()

  await goTo(page, 'Keys')
  await expect(page.getByText(/1:fx/).first()).toBeVisible()
  expect(await page.content()).not.toContain(value)
  const list = await skillet.cli(['secrets', 'list', '--json'])
  expect(list.stdout).toContain(name)
  expect(list.stdout).not.toContain(value)

  const planted = join(home, 'window', 'planted')
  await writeFile(planted, Buffer.from(`..${value}..`).toString('base64'))
  expect(await canary.inFiles(home)).toEqual([planted])
  await rm(planted)
  const sent = await messages()
  expect(sent.length).toBeGreaterThan(5)
  expect(sent.join()).toContain(name)
  expect(sent.filter((message) => canary.isIn(message))).toEqual([])
  expect(canary.inProcesses()).toEqual([])
  // A page that dies leaves a report of it, and nothing of the key.
  await app.evaluate(async ({ webContents }) => {
    const contents = webContents.getAllWebContents()[0]!
    const again = new Promise<void>((done) => contents.once('did-finish-load', () => done()))
    contents.forcefullyCrashRenderer()
    await again
  })
  const reports = () => readdir(join(home, 'crashes'), { recursive: true })
  await expect.poll(async () => (await reports()).some((file) => file.endsWith('.dmp'))).toBe(true)
  expect(await canary.inFiles(home)).toEqual([])
  await app.close()
  const { page: next } = await launch({ home })
  await goTo(next, 'Settings')
  const program = next.getByRole('region', { name: 'The program' })
  await expect(program.getByText(/^Skillet itself failed/)).toBeVisible()
  await program.getByRole('button', { name: 'When, and how large each report is' }).click()
  await expect(program.getByRole('listitem').first()).toContainText(/KB|MB/)
  await program.getByRole('button', { name: 'Delete the reports' }).click()
  await expect(program.getByText(/There is none\.$/)).toBeVisible()
  expect((await reports()).filter((file) => /\.(?:dmp|meta)$/.test(file))).toEqual([])
})
