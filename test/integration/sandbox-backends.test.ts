import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram } from '../../src/engine/probe/programs.ts'
import type { BackendName, SandboxBackend } from '../../src/engine/sandbox/backend.ts'
import { createBubblewrapBackend } from '../../src/engine/sandbox/bubblewrap-backend.ts'
import { createFirejailBackend } from '../../src/engine/sandbox/firejail-backend.ts'
import { launch } from '../../src/engine/sandbox/launch.ts'
import { fixedLimits } from '../../src/engine/sandbox/profile.ts'
import { createRuntimeFinder } from '../../src/engine/sandbox/runtime.ts'
import { createSandboxes } from '../../src/engine/sandbox/sandboxes.ts'
import type { Guarantee } from '../../src/engine/sandbox/self-test-script.ts'
import { selfTest } from '../../src/engine/sandbox/self-test.ts'
import type { SandboxState } from '../../src/shared/contract/overview.ts'
import { launcher, real, runInside } from '../support/sandbox.ts'

const names = ['bubblewrap', 'firejail'] as const
const folder = mkdtempSync(join(tmpdir(), 'skillet-backends-'))
const findRuntime = createRuntimeFinder()
const ports = { findProgram, findRuntime }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let programs: { bwrap: string; firejail: string }
beforeAll(async () => {
  programs = { bwrap: await real('bwrap'), firejail: await real('firejail') }
})

function backendOf(name: BackendName, native = launcher): SandboxBackend {
  return name === 'bubblewrap'
    ? createBubblewrapBackend(programs.bwrap, native)
    : createFirejailBackend(programs.firejail, programs.bwrap, native)
}

type Line = Awaited<ReturnType<SandboxBackend['command']>>

/** The same backend with something of its command line taken away or added. */
function altered(backend: SandboxBackend, change: (line: Line) => Partial<Line>): SandboxBackend {
  return {
    ...backend,
    async command(profile) {
      const line = await backend.command(profile)
      return { ...line, ...change(line) }
    },
  }
}

/** `words` with each run of `from` replaced. */
function replaced(words: readonly string[], from: readonly string[], to: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < words.length; i++) {
    const found = from.every((word, j) => words[i + j] === word)
    out.push(...(found ? to : [words[i]!]))
    if (found) i += from.length - 1
  }
  if (out.join('\n') === words.join('\n')) throw new Error(`nothing to replace: ${from.join(' ')}`)
  return out
}

const options = (from: readonly string[], to: readonly string[]) => (line: Line) => ({
  options: replaced(line.options, from, to),
})
const args = (from: readonly string[], to: readonly string[]) => (line: Line) => ({
  args: replaced(line.args, from, to),
})

test.each(names)('%s holds in its own test', async (name) => {
  expect(await selfTest(backendOf(name), ports)).toEqual({ broken: [], landlock: expect.any(Number) })
})

test('under firejail, too, a limit ends all that a skill has started, and leaves nothing', async () => {
  const mark = `skillet-mark-${process.pid}`
  const script = `for i in 1 2 3; do (while :; do :; done) & done; echo ${mark}; while :; do :; done`
  const run = await runInside(['-c', script, mark], {
    programs: ['sh'],
    backend: 'firejail',
    limits: { timeoutMs: 1500 },
  })
  expect(run).toMatchObject({ reason: 'time', exitCode: null, stdout: `${mark}\n` })
  const processes = execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
  expect(processes.match(new RegExp(`^[^Z].*${mark}`, 'gm'))).toBe(null)
})

test('a run gives the same under both', async () => {
  const results = []
  for (const name of names) {
    const state = join(folder, `state-${name}`)
    const chosen = join(folder, `chosen-${name}`)
    mkdirSync(state)
    mkdirSync(chosen)
    writeFileSync(join(chosen, 'report.txt'), 'quarterly figures')
    const script = `
import os, socket, subprocess, sys
chosen = sys.argv[1]
print(open(chosen + "/report.txt").read(), open("/skill/SKILL.md").read(), sys.stdin.read())
print(sorted(os.listdir("/")), sorted(os.listdir("/skill")), os.listdir("/tmp"), os.getcwd())
print(sorted(os.environ), os.environ["HOME"], os.getuid(), os.getgid(), os.uname().nodename, os.umask(0))
for path in ["/skill/kept/out.txt", chosen + "/new.txt", "/tmp/private", "/skill/x", "/etc/x"]:
    try: open(path, "w").write("written"); print("wrote", path.replace(chosen, ""))
    except OSError as error: print(error.errno, path.replace(chosen, ""))
for name in ["/etc/passwd", "/proc/1/environ"]:
    try: print("read", open(name).read())
    except OSError as error: print(error.errno, name)
for target in [("127.0.0.1", 3128), ("127.0.0.1", 22), ("1.1.1.1", 443)]:
    s = socket.socket(); s.settimeout(2)
    try: s.connect(target); print("connected", target[1])
    except OSError as error: print(error.errno, target[1])
try: socket.socket(socket.AF_UNIX)
except OSError as error: print(error.errno, "unix")
print(sorted(line for line in open("/proc/self/status") if line[:3] in ("Cap", "NoN")))
sys.exit(3)`
    const run = await runInside(['-c', script, chosen], {
      backend: name,
      files: { 'SKILL.md': 'the skill' },
      stdin: 'handed over',
      state: [{ inside: 'kept', host: state }],
      paths: [{ path: chosen, source: chosen, writable: true }],
    })
    const { written, refused, contacted } = run.receipt
    results.push(
      JSON.parse(
        JSON.stringify({
          ...{ exitCode: run.exitCode, reason: run.reason, stdout: run.stdout, stderr: run.stderr },
          ...{ written, refused, contacted },
          kept: readFileSync(join(state, 'out.txt'), 'utf8'),
          new: readFileSync(join(chosen, 'new.txt'), 'utf8'),
        }).replaceAll(`-${name}`, ''),
      ),
    )
  }
  expect(results[0]).toMatchObject({
    exitCode: 3,
    kept: 'written',
    new: 'written',
    stdout: expect.stringContaining('quarterly figures the skill handed over'),
  })
  expect(results[1]).toEqual(results[0])
})

let ownPort = 41_000
const homeFolder = ['--dir', '/home/skill']
const readOnlyDevices = ['--remount-ro', '/dev']

/** What is taken away, and what the self-test must notice at least. */
const holes: [string, BackendName, (line: Line) => Partial<Line>, Guarantee][] = [
  [
    'the network is shared',
    'bubblewrap',
    (line) => ({
      options: replaced(line.options, ['--unshare-all'], ['--unshare-all', '--share-net']),
      // Three at once share it, too.
      args: replaced(line.args, ['--port', '3128'], ['--port', String(ownPort++)]),
    }),
    'network',
  ],
  // Their own namespace stays: without it the launcher refuses, since what ends a run ends all that it reaches.
  [
    '/proc is this computer’s',
    'bubblewrap',
    options(['--proc', '/proc'], ['--bind', '/proc', '/proc']),
    'test',
  ],
  [
    'a folder of this computer is there',
    'bubblewrap',
    options(homeFolder, ['--ro-bind', '/etc', '/etc2', ...homeFolder]),
    'files',
  ],
  [
    'a person’s home is there',
    'bubblewrap',
    options(homeFolder, [...homeFolder, '--dir', '/home/kim']),
    'files',
  ],
  [
    'the list of users is there',
    'bubblewrap',
    (line) => ({
      words: [
        ...['--from', '/etc/passwd', '--onto', '/etc/passwd', '--as', 'given', '--same', ''],
        ...line.words,
      ],
    }),
    'files',
  ],
  [
    'the home folder can be written',
    'bubblewrap',
    (line) => ({
      words: [...['--from', folder, '--onto', '/home/skill', '--as', 'own', '--same', ''], ...line.words],
    }),
    'writes',
  ],
  [
    'a device of this computer is there',
    'bubblewrap',
    options(readOnlyDevices, ['--dev-bind', '/dev/full', '/dev/kvm', ...readOnlyDevices]),
    'devices',
  ],
  [
    'written files can be executed',
    'bubblewrap',
    (line) => ({ words: line.words.map((word) => (word === 'given' ? 'system' : word)) }),
    'starts',
  ],
  [
    'the environment is kept',
    'firejail',
    (line) => ({ words: ['--env', 'SSH_AUTH_SOCK=x', ...line.words] }),
    'environment',
  ],
]

test.each(holes)('the self-test notices when %s (%s)', async (_what, name, change, guarantee) => {
  expect((await selfTest(altered(backendOf(name), change), ports)).broken).toContain(guarantee)
})

test('the self-test notices a launcher that keeps its privileges', async () => {
  const source = join(folder, 'native')
  cpSync('src/engine/sandbox/native', source, { recursive: true })
  const file = join(source, 'launcher.c')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('\n  become_ordinary_user();\n', '\n  (void)become_ordinary_user;\n'))
  expect(readFileSync(file, 'utf8')).not.toBe(text)
  const weak = join(folder, 'weak-launcher')
  await promisify(execFile)('cc', ['-static', '-O0', '-o', weak, file])
  expect((await selfTest(backendOf('bubblewrap', weak), ports)).broken).toContain('privileges')
  // And nothing runs in it.
  const here = createSandboxes({ launcher: weak, findRuntime, provedFile: join(folder, 'weak.json') })
  await expect(here.choose('bubblewrap')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    message: expect.stringContaining('a skill kept privileges'),
  })
  expect((await here.state()).ready).toBe(false)
})

test('a link in the place of a mount point leads no bind elsewhere', async () => {
  const python = await real('python3')
  const profile = {
    skillFolder: folder,
    state: [],
    paths: [],
    runtime: await findRuntime([{ name: 'python3', path: python }]),
    command: [python, '-c', 'pass'],
    environment: {},
    hosts: [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 10_000, memoryBytes: 1e8 },
  }
  const start = (words: string[]) =>
    launch(profile, {
      backend: altered(backendOf('bubblewrap'), (line) => ({ words: [...words, ...line.words] })),
      egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 },
    })
  const bind = ['--from', folder, '--onto', '/home/skill/place', '--as', 'own', '--same', '']
  expect(await start(bind)).toMatchObject({ exitCode: 0 })
  await expect(start(['--link', '/home/skill/place', '--target', '/tmp', ...bind])).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    message: expect.stringMatching(/bind flags|exchanged/),
  })
  // Nor does the launcher do anything that it wasn't told in words that it knows.
  for (const words of [
    ['--as', 'anything', '--same', ''],
    ['--unheard-of', 'x'],
  ])
    await expect(start([...bind.slice(0, 4), ...words]), words.join(' ')).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
    })
})

test('a firejail that makes no sandbox, as it does in containers, starts nothing', async () => {
  const backend = backendOf('firejail')
  const bare: SandboxBackend = {
    ...backend,
    program: programs.bwrap,
    async command(profile) {
      const line = await backend.command(profile)
      return { ...line, args: line.args.slice(line.args.indexOf(programs.bwrap) + 1) }
    },
  }
  await expect(selfTest(bare, ports)).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    message: expect.stringContaining('no process namespace'),
  })
})

test('a firejail without its options still stands on what is inside it', async () => {
  const thin = altered(
    backendOf('firejail'),
    args(['--net=none', '--ipc-namespace', '--caps.drop=all', '--nonewprivs'], []),
  )
  expect((await selfTest(thin, ports)).broken).toEqual([])
})

test('what an earlier start has proved isn’t tested again until it is doubted', async () => {
  const provedFile = join(folder, 'home', 'cache', 'sandbox.json')
  let tests = 0
  const here = () =>
    createSandboxes({
      launcher,
      provedFile,
      findRuntime: async (wanted) => {
        tests++
        return findRuntime(wanted)
      },
    })
  const first = here()
  expect((await first.choose('any')).name).toBe('bubblewrap')
  expect((await first.choose('firejail')).name).toBe('firejail')
  expect(tests).toBe(2)
  const later = here()
  expect((await later.choose('any')).name).toBe('bubblewrap')
  expect((await later.choose('firejail')).name).toBe('firejail')
  expect(tests).toBe(2)
  // Whoever asks how things are gets an answer from now.
  expect(await later.state()).toMatchObject({ ready: true, problem: null, fix: null })
  expect(tests).toBe(4)
  await later.doubt()
  await later.choose('any')
  expect(tests).toBe(5)
  await here().choose('any')
  expect(tests).toBe(5)
})

test('a skill that asks for firejail doesn’t run on a computer without it', async () => {
  const without = createSandboxes({
    launcher,
    findRuntime,
    provedFile: join(folder, 'without.json'),
    findProgram: async (name) => (name === 'firejail' ? null : findProgram(name)),
  })
  expect((await without.choose('any')).name).toBe('bubblewrap')
  await expect(without.choose('firejail')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    remedy: 'Install it: sudo apt install firejail',
  })
  expect(await without.state()).toMatchObject({ ready: true, backends: [{ ready: true }, { ready: false }] })
})

test('what its publisher chose is what a skill runs in, or it doesn’t run', async () => {
  const skill = join(folder, 'skill')
  mkdirSync(skill)
  writeFileSync(
    join(skill, 'skill.toml'),
    `schema = 1
slug = "careful"
version = "1.0.0"
title = "Careful"
summary = "Says a word."
publisher = "tests"
license = "MIT"
tier = "free"
category = "files"
[sandbox]
backend = "firejail"
[run]
command = ["sh", "-c", "echo ran"]
`,
  )
  writeFileSync(join(skill, 'SKILL.md'), '---\nname: careful\ndescription: x\n---\n')
  const attempt = async (around: readonly string[]) => {
    const [program, ...words] = [
      ...around,
      process.execPath,
      resolve('out/cli/index.cjs'),
      'try',
      skill,
      '--json',
    ]
    const env = { PATH: process.env['PATH'], HOME: folder, SKILLET_HOME: join(folder, 'try') }
    const { stdout } = await promisify(execFile)(program!, words, { env }).catch(
      (error: { stdout: string }) => error,
    )
    return JSON.parse(stdout)
  }
  expect(await attempt([])).toMatchObject({ stdout: 'ran\n', receipt: { sandbox: 'firejail' } })
  const without = [programs.bwrap, '--dev-bind', '/', '/', '--ro-bind', '/dev/null', programs.firejail, '--']
  expect(await attempt(without)).toMatchObject({
    error: { code: 'SANDBOX_UNAVAILABLE', remedy: 'Install it: sudo apt install firejail' },
  })
})

/** Each makes the state of such a computer, for real, around a command of its own. */
const hardened: [string, () => Promise<string[]>, RegExp, RegExp][] = [
  [
    'the kernel’s limit of namespaces is 0',
    async () => [
      ...[await real('unshare'), '--user', '--map-current-user', '--keep-caps', '--', '/bin/sh', '-c'],
      `echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"`,
      'sh',
    ],
    /user\.max_user_namespaces is 0/,
    /sudo sysctl -w user\.max_user_namespaces=10000/,
  ],
  [
    'parts of /proc are hidden, as in a container',
    async () => [
      ...[programs.bwrap, '--unshare-user', '--unshare-pid', '--dev-bind', '/', '/', '--proc', '/proc'],
      ...['--ro-bind', '/dev/null', '/proc/timer_list', '--'],
    ],
    /hides parts of \/proc/,
    /outside of it/,
  ],
  [
    'a filter forbids namespaces, as in a container',
    async () => [
      programs.firejail,
      '--quiet',
      '--noprofile',
      '--restrict-namespaces',
      '--deterministic-exit-code',
    ],
    /lets nothing inside make a sandbox of its own/,
    /outside of it/,
  ],
  [
    'there is no /proc',
    async () => [programs.bwrap, '--dev-bind', '/', '/', '--tmpfs', '/proc', '--'],
    /\/proc is missing/,
    /sudo mount -t proc proc \/proc/,
  ],
]

test.each(hardened)('doctor says what to do where %s', async (_what, around, problem, fix) => {
  const [program, ...words] = await around()
  const { stdout } = await promisify(execFile)(
    program!,
    [...words, process.execPath, resolve('out/cli/index.cjs'), 'doctor', '--json'],
    { env: { PATH: process.env['PATH'], HOME: folder, SKILLET_HOME: join(folder, 'doctor') } },
  )
  const { sandbox } = JSON.parse(stdout) as { sandbox: SandboxState }
  expect(sandbox.ready).toBe(false)
  expect(sandbox.problem).toMatch(problem)
  expect(sandbox.fix).toMatch(fix)
  expect(sandbox.backends.map(({ name, ready }) => [name, ready])).toEqual([
    ['bubblewrap', false],
    ['firejail', false],
  ])
})
