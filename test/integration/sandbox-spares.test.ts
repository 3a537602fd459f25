import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createBubblewrapBackend } from '../../src/engine/sandbox/bubblewrap-backend.ts'
import { fixedLimits } from '../../src/engine/sandbox/profile.ts'
import { createSpares, type Spares } from '../../src/engine/sandbox/spares.ts'
import { launcher, real, runInside, type InsideOptions } from '../support/sandbox.ts'

// A sandbox that stands ready before anybody knows what is going to run in it.

const scratch = mkdtempSync(join(tmpdir(), 'skillet-spares-'))
let bubblewrap: string
let spares: Spares

beforeAll(async () => {
  bubblewrap = await real('bwrap')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
afterEach(async () => {
  await spares.drop()
  expect(sandboxes()).toEqual([])
})

/** Process ids of all bubblewraps of this process. */
function sandboxes(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && commandOf(pid).startsWith(bubblewrap))
    .map(Number)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const sh = (script: string, options: InsideOptions = {}) =>
  runInside(['-c', script], { programs: ['sh'], spares, ...options })

/** What is the same for every run. */
const frame = () =>
  createBubblewrapBackend(bubblewrap, launcher).command({
    skillFolder: scratch,
    state: [],
    paths: [],
    runtime: { binds: new Map(), links: new Map(), executables: [], hasShell: false },
    command: [],
    environment: {},
    hosts: [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 1000, memoryBytes: 1e8 },
  })

/** One run, after which a sandbox stands ready: its process. */
async function standing(): Promise<number> {
  await sh(':')
  await vi.waitFor(() => expect(sandboxes()).toHaveLength(1))
  return sandboxes()[0]!
}

test('the next run takes the one that stands ready, and the one after that another', async () => {
  spares = createSpares()
  const first = await standing()
  const taken: (number | undefined)[] = []
  const run = await sh('echo in; read -r word; echo "$word"', {
    stdin: 'handed over\n',
    spares: {
      ...spares,
      take(program, frame) {
        const sandbox = spares.take(program, frame)
        taken.push(sandbox?.child.pid)
        return sandbox
      },
    },
  })
  expect(run).toMatchObject({ exitCode: 0, stdout: 'in\nhanded over\n' })
  expect(taken).toEqual([first])
  await vi.waitFor(() => expect(sandboxes()).toHaveLength(1))
  expect(sandboxes()).not.toContain(first)
})

test('what a run leaves in memory is not there for the next one', async () => {
  spares = createSpares()
  await sh('echo left > /tmp/left; echo left > /dev/shm/left')
  await vi.waitFor(() => expect(sandboxes()).toHaveLength(1))
  expect((await sh('ls -A /tmp /dev/shm; ls /', { programs: ['sh', 'ls'] })).stdout).not.toContain('left')
})

test('one that stands ready shows a run no more of the computer than one built for it', async () => {
  const script = `
import os
print(sorted(os.listdir('/')), os.listdir('/skill'), sorted(os.environ.items()), os.getcwd())
print([line.split()[1:3] for line in open('/proc/self/mounts')])
for at in ['/.stage', '/.stage/etc/passwd', '/proc/1/root/.stage', '/etc/passwd']:
    print(os.path.lexists(at), at)`
  spares = createSpares()
  const inside = () => runInside(['-c', script], { files: { 'SKILL.md': 'x' }, spares })
  const built = await inside()
  await vi.waitFor(() => expect(sandboxes()).toHaveLength(1))
  const ready = await inside()
  expect(ready.stdout).toBe(built.stdout)
  expect(ready.stdout).not.toContain('True')
})

test('a folder that is exchanged while one stands ready is refused', async () => {
  const chosen = join(scratch, 'chosen')
  mkdirSync(chosen)
  mkdirSync(join(scratch, 'other'))
  spares = createSpares()
  await standing()
  const path = { path: chosen, source: chosen, identity: '1:1', writable: true }
  await expect(sh('echo x > here', { paths: [path] })).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  expect(readdirSync(chosen)).toEqual([])
  rmSync(chosen, { recursive: true })
  symlinkSync(join(scratch, 'other'), chosen)
  const linked = { path: chosen, source: chosen, identity: '1:1', writable: true }
  await expect(sh('echo x > here', { paths: [linked] })).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
  })
  expect(readdirSync(join(scratch, 'other'))).toEqual([])
})

test('one that was killed while it stood ready is passed over', async () => {
  spares = createSpares()
  const ready = await standing()
  process.kill(ready, 'SIGKILL')
  await vi.waitFor(() => expect(sandboxes()).toEqual([]))
  expect(await sh('echo runs')).toMatchObject({ exitCode: 0, stdout: 'runs\n' })
})

test('one that stands ready for nothing goes', async () => {
  spares = createSpares({ idleMs: 50 })
  await standing()
  await vi.waitFor(() => expect(sandboxes()).toEqual([]))
})

test('one of another kind is not taken', async () => {
  spares = createSpares()
  const { args, options } = await frame()
  spares.prepare(bubblewrap, { args, options })
  await vi.waitFor(() => expect(sandboxes()).toHaveLength(1))
  expect(spares.take(bubblewrap, { args, options: [...options, '--unshare-net'] })).toBeNull()
  expect(spares.take('/usr/bin/firejail', { args, options })).toBeNull()
  const taken = spares.take(bubblewrap, { args, options })
  expect(taken).not.toBeNull()
  expect(spares.take(bubblewrap, { args, options })).toBeNull()
  taken!.kill()
  await taken!.gone
})

test('it ends with whoever made it, even one that is killed', async () => {
  spares = createSpares()
  const script = join(scratch, 'holder.mjs')
  writeFileSync(
    script,
    `import { spawn } from 'node:child_process'
const child = spawn(${JSON.stringify(bubblewrap)}, JSON.parse(process.argv[2]), { env: {}, cwd: '/', detached: true,
  stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe', 'pipe'] })
child.stdio[5].end(JSON.parse(process.argv[3]).map((word) => word + '\\0').join(''))
child.once('message', (_, server) => { server.close(); console.log(child.pid) })`,
  )
  const { args, options } = await frame()
  const holder = spawn(process.execPath, [script, JSON.stringify(args), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(holder.stdout, 'data')) as [Buffer]
  const pid = String(said).trim()
  expect(commandOf(pid)).toContain(bubblewrap)
  holder.kill('SIGKILL')
  await vi.waitFor(() => expect(commandOf(pid)).toBe(''))
})
