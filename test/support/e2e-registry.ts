import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, built. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cliBundle = join(root, 'out/cli/index.cjs')

/** Shared with whoever pays for accounts. */
export const paymentSecret = 'shared with the provider of payments'

export interface DemoRegistry {
  readonly url: string
  readonly trustRoot: string
  readonly databaseUrl: string
  readonly adminKey: string
  readonly demoKey: string
  /** Its folder of data, and the port that it listens on. */
  readonly data: string
  readonly port: number
  stop(options?: { keepData?: boolean }): Promise<void>
}

/** Starts the demo registry through the built command line, as its own process, over fresh data or that of `again`. */
export async function startDemoRegistry(again?: { data: string; port: number }): Promise<DemoRegistry> {
  const data = again?.data ?? (await mkdtemp(join(tmpdir(), 'skillet-registry-')))
  const port = String(again?.port ?? 0)
  const args = [cliBundle, 'registry', 'start', '--demo', '--json', '--port', port, '--data', data]
  const child = spawn(process.execPath, [...args, '--local-webhooks'], {
    cwd: root,
    env: { ...environment(), SKILLET_PAYMENT_SECRET: paymentSecret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
    child.once('close', (code) => reject(new Error(`the registry ended with ${code}\n${text}\n${log}`)))
  })
  const ready = JSON.parse(line) as Pick<
    DemoRegistry,
    'url' | 'trustRoot' | 'databaseUrl' | 'adminKey' | 'demoKey'
  >
  return {
    ...ready,
    data,
    port: Number(new URL(ready.url).port),
    async stop(options = {}) {
      child.kill('SIGTERM')
      await ended
      if (!options.keepData) await rm(data, { recursive: true, force: true })
    },
  }
}

export interface CliRun {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs the built command line to its end. `env` replaces every SKILLET_ variable of this process. */
export async function runBuiltCli(
  args: string[],
  options: { env?: Record<string, string>; input?: string; cwd?: string } = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [cliBundle, ...args], {
    cwd: options.cwd ?? root,
    env: { ...environment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.end(options.input ?? '')
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { status, stdout, stderr }
}

/** This process's environment without what belongs to another Skillet. */
export function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('SKILLET_'),
    ),
  )
}
