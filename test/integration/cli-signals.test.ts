import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  cliBundle,
  environment,
  root,
  runBuiltCli,
  startDemoRegistry,
  type DemoRegistry,
} from '../support/e2e-registry.ts'
import { countProcesses, publishSleeper } from '../support/e2e-skill.ts'

let home: string
let registry: DemoRegistry
let env: Record<string, string>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-signals-'))
  registry = await startDemoRegistry()
  env = {
    ...environment(),
    SKILLET_HOME: home,
    SKILLET_REGISTRY: registry.url,
    SKILLET_TRUST_ROOT: registry.trustRoot,
  }
})
afterAll(async () => {
  await registry.stop()
  await rm(home, { recursive: true, force: true })
})

it('Ctrl-C ends a run with everything that it started, and still prints the one document', async () => {
  const { marker } = await publishSleeper(registry, 'sleeper-cli')
  expect((await runBuiltCli(['install', 'sleeper-cli'], { env })).status).toBe(0)
  const child = spawn(process.execPath, [cliBundle, 'run', 'sleeper-cli', '--json'], { cwd: root, env })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  while ((await countProcesses(marker)) === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGINT')
  const [status] = (await once(child, 'close')) as [number | null]
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ reason: 'stopped' })
  expect(await countProcesses(marker)).toBe(0)
})

it('a reader that goes away early is no failure', async () => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${cliBundle}" audit | head -n 1`], { env })
  let stderr = ''
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [status] = (await once(shell, 'close')) as [number | null]
  expect([status, stderr]).toEqual([0, ''])
})
