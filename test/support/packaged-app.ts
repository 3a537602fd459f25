import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, test as base, type Browser, type Page } from '@playwright/test'
import { environment, root, runBuiltCli, type CliRun } from './e2e-registry.ts'

export const program = '/usr/bin/skillet'

type Environment = Record<string, string | undefined>

/** Runs the installed program with these words, to its end. */
export async function runInstalled(
  words: readonly string[],
  options: { env?: Environment; input?: string; cwd?: string; program?: string } = {},
): Promise<CliRun> {
  const child = spawn(options.program ?? program, words, {
    cwd: options.cwd ?? tmpdir(),
    env: { ...environment(), DISPLAY: undefined, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { status, stdout, stderr }
}

/** A skill as a file, signed with a key of one's own, and the root that vouches for it. */
export interface PackedSkill {
  readonly folder: string
  readonly file: string
  readonly root: string
}

export const test = base.extend<
  { open: (words?: readonly string[], env?: Environment) => Promise<Page> },
  { skill: PackedSkill }
>({
  skill: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'skillet-packaged-'))
      const key = join(folder, 'key.json')
      const trustRoot = join(folder, 'root.json')
      const file = join(folder, 'csv-profile.skillet')
      const env = { SKILLET_HOME: join(folder, 'publisher') }
      await runBuiltCli(['keygen', '-o', key, '--trust-root-out', trustRoot], { env })
      await runBuiltCli(['pack', join(root, 'skills/csv-profile'), '-o', file, '--key', key], { env })
      await use({ folder, file, root: trustRoot })
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  // oxlint-disable-next-line no-empty-pattern
  open: async ({}, use) => {
    const closes: (() => Promise<void>)[] = []
    await use(async (words = [], env = {}) => {
      const child = spawn(program, ['--remote-debugging-port=0', ...words], {
        cwd: tmpdir(),
        env: { ...environment(), ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      let browser: Browser | null = null
      closes.push(async () => {
        await browser?.close()
        child.kill('SIGTERM')
        await ended
      })
      const address = await new Promise<string>((resolve, reject) => {
        let text = ''
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1]
          if (found !== undefined) resolve(found)
        })
        child.once('close', () => reject(new Error(`the program ended\n${text}`)))
      })
      // Electron has no download folders to be set.
      browser = await chromium.connectOverCDP(address, { noDefaults: true })
      const [context] = browser.contexts()
      if (context === undefined) throw new Error('the program has no window')
      return context.pages()[0] ?? (await context.waitForEvent('page'))
    })
    for (const close of closes) await close()
  },
})

export { expect } from '@playwright/test'
