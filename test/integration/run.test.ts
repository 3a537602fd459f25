import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { keychainOf } from '../support/keychain-of.ts'
import type { TarFile } from '../../src/trust/tar-bytes.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { launcher } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { withdrawalOf } from '../support/trust-registry.ts'

// Whole runs through the engine: the real sandbox, a real registry, and what is left of them afterwards.

const secret = 'c0ffee-c0ffee-c0ffee'
const keychain = keychainOf({ EXAMPLE_API_KEY: secret })

let folder: string
let home: string
let registry: TinyRegistry
let engine: Engine
let temporary: string | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-run-'))
  home = join(folder, 'home')
  registry = await startTinyRegistry(generateSigningKey())
  // What the engine leaves behind would lie here.
  temporary = process.env['TMPDIR']
  process.env['TMPDIR'] = join(folder, 'tmp')
  mkdirSync(join(folder, 'tmp'))
  engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
    keychain,
  })
})
afterAll(async () => {
  if (temporary === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = temporary
  await engine.close()
  await registry.stop()
  execFileSync('chmod', ['-R', 'u+rwX', folder])
  await rm(folder, { recursive: true, force: true })
})

const notes = { capabilities: { 'fs:write': 'Keeps notes.' }, sandbox: { write: ['notes'] } }

async function install(slug: string, manifest: Record<string, unknown>, ...files: TarFile[]): Promise<void> {
  await registry.publish({
    slug,
    manifest: { title: slug, capabilities: {}, ...manifest },
    files: [textFile('SKILL.md', `---\nname: ${slug}\ndescription: Test.\n---\n`), ...files],
  })
  const plan = await engine.planInstall({ slug })
  const allow = Object.fromEntries(
    plan.asks.map(({ capability }) => [capability, { decision: 'allow' as const }]),
  )
  await engine.applyInstall(plan.planId, allow, 'cli')
}

const run = (slug: string, args: string[] = []) => engine.run({ slug, inputs: {}, args })
const python = (script: string) => ({ run: { command: ['python3', '-c', script] } })
const shell = (script: string) => ({ run: { command: ['sh', '-c', script] } })
const noteOf = (slug: string, name: string) => join(home, 'state', slug, 'notes', name)
const started = async (slug: string) =>
  (await engine.auditEntries({ limit: 500, before: null })).filter(
    (entry) => entry.event === 'run.started' && entry.slug === slug,
  ).length

describe('a receipt', () => {
  test('says what the run was held to, what is left, what was hidden, and where the journal has it', async () => {
    await install('tells', {
      ...python(
        'import os; k = os.environ["EXAMPLE_API_KEY"]; print(k, k); open("notes/" + k, "w").write("x" * 200000)',
      ),
      capabilities: { ...notes.capabilities, net: 'Asks.', 'env:read': 'Signs in.' },
      sandbox: { ...notes.sandbox, network: ['api.example.com'], timeout_s: 7, memory_mb: 300 },
      secrets: { EXAMPLE_API_KEY: { title: 'Example key', required: true, hosts: ['api.example.com'] } },
      budget: { runs_per_day: 3, requests_per_run: 9, egress_mb_per_day: 2 },
    })
    const { stdout, receipt, reason } = await run('tells')
    expect({ reason, stdout }).toEqual({
      reason: 'exit',
      stdout: '«REDACTED:EXAMPLE_API_KEY» «REDACTED:EXAMPLE_API_KEY»\n',
    })
    expect(receipt).toMatchObject({
      limits: {
        timeoutMs: 7000,
        memoryMb: 300,
        processes: 128,
        outputMb: 16,
        requests: 9,
        bytesOut: 2 ** 21,
      },
      left: { runs: 2, bytesOut: 2 ** 21 },
      // Twice in what it printed, once in the name of what it wrote.
      redacted: [{ name: 'EXAMPLE_API_KEY', times: 3 }],
      written: [noteOf('tells', '«REDACTED:EXAMPLE_API_KEY»')],
      sandbox: 'bubblewrap',
      requests: 0,
      bytesOut: 0,
      bytesIn: 0,
    })
    expect(receipt.writtenMb).toBeGreaterThan(0)
    expect(receipt.memoryMb).toBeGreaterThan(1)

    const [month = ''] = readdirSync(join(home, 'audit')).filter((name) => name.endsWith('.jsonl'))
    const file = join(home, 'audit', month)
    const lines = readFileSync(file, 'utf8').split('\n')
    const line = lines.find((one) => one.includes(`"seq":${receipt.journal!.seq},`))!
    expect(createHash('sha256').update(line).digest('hex')).toBe(receipt.journal!.hash)
    const { journal: _, ...rest } = receipt
    expect(JSON.parse(line)).toMatchObject({ event: 'run.finished', detail: { receipt: rest } })
    expect(readFileSync(file, 'utf8')).not.toContain(secret)
    expect(await engine.verifyAudit()).toMatchObject({ ok: true })

    await run('tells')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, whole.replace(line, line.replace('"reason":"exit"', '"reason":"time"')))
    expect(await engine.verifyAudit()).toMatchObject({ ok: false })
    writeFileSync(file, whole)
    expect(await engine.verifyAudit()).toMatchObject({ ok: true })
  })

  test('names what ended the run', async () => {
    await install('ends', {
      run: { command: ['python3', '-c', 'import sys; exec(sys.argv[1])'] },
      sandbox: { timeout_s: 20, memory_mb: 64 },
    })
    await install('ends-late', { ...python('import time; time.sleep(9)'), sandbox: { timeout_s: 1 } })
    const late = await run('ends-late')
    expect(late).toMatchObject({ reason: 'time', receipt: { refused: [{ kind: 'time' }] } })
    const [first] = await engine.auditEntries({ limit: 1, before: null })
    expect(first!.text).toContain('ends-late was stopped: it took longer than 1 seconds.')
    const endings: [string, string, string][] = [
      ['x = b"x" * 10**9', 'memory', 'ends was stopped: it used more than 64 MB of memory.'],
      ['while True: print("x" * 10**6)', 'output', 'ends was stopped: it printed more than 16 MB.'],
      ['import os; os.kill(os.getpid(), 9)', 'exit', 'ends was ended by SIGKILL.'],
      ['raise SystemExit(3)', 'exit', 'ends ended with an error.'],
    ]
    for (const [script, reason, sentence] of endings) {
      const result = await run('ends', [script])
      expect(result, script).toMatchObject({ reason })
      const [entry] = await engine.auditEntries({ limit: 1, before: null })
      expect(entry!.text, script).toContain(sentence)
      if (reason !== 'exit')
        expect(result.receipt.refused).toContainEqual(expect.objectContaining({ kind: reason }))
    }
  })

  test('says where a chosen link led, in the journal too', async () => {
    await install('follows', {
      run: { command: ['cat'], inputs: { file: { type: 'file', title: 'File', required: true } } },
      capabilities: { 'fs:read': 'Reads the file.' },
    })
    const [path, source] = [join(folder, 'report.txt'), join(folder, 'id_rsa')]
    writeFileSync(source, 'private')
    symlinkSync(source, path)
    const { receipt } = await engine.run({ slug: 'follows', inputs: { file: path }, args: [] })
    expect(receipt).toMatchObject({ read: [path], links: [{ path, source }] })
    const [entry] = await engine.auditEntries({ limit: 1, before: null })
    expect(entry!.detail).toMatchObject({ receipt: { links: [{ path, source }] } })
  })

  test('keeps little of what a skill writes into it by what it tries, and no half of a key', async () => {
    const script = `import os
key = os.environ['EXAMPLE_API_KEY']
for number in range(120):
  try: open('/home/' + 'x' * 135 + key + str(number) + '/x' * 1800)
  except OSError: pass`
    await install('boasts', {
      ...python(script),
      capabilities: { 'env:read': 'Signs in.', net: 'Asks.' },
      sandbox: { network: ['api.example.com'] },
      secrets: { EXAMPLE_API_KEY: { title: 'Example key', required: true, hosts: ['api.example.com'] } },
    })
    const { receipt } = await run('boasts')
    expect(receipt.refused).toHaveLength(100)
    const entries = JSON.stringify(await engine.auditEntries({ limit: 1, before: null }))
    expect(entries).toContain('xxx«REDACTED')
    expect(entries).not.toContain(secret.slice(0, 6))
    expect(entries.length).toBeLessThan(60_000)
  })
})

describe('nothing starts, and the journal says so, where between two runs', () => {
  const leaves = { ...notes, ...shell('echo ran >> notes/ran') }
  const runs = (slug: string) => readFileSync(noteOf(slug, 'ran'), 'utf8').split('\n').length - 1

  async function ranOnce(slug: string, ...files: TarFile[]) {
    await install(slug, leaves, ...files)
    expect(await run(slug)).toMatchObject({ exitCode: 0 })
    expect(runs(slug)).toBe(1)
  }
  async function refused(slug: string, code: string) {
    await expect(run(slug)).rejects.toMatchObject({ code })
    expect(runs(slug)).toBe(1)
    expect(await started(slug)).toBe(1)
    const [entry] = await engine.auditEntries({ limit: 1, before: null })
    expect(entry).toMatchObject({ event: 'run.denied', slug })
  }

  test('its files were altered', async () => {
    await ranOnce('altered', textFile('data.txt', 'signed\n'))
    const file = join(home, 'skills', 'altered', '1.0.0', 'data.txt')
    chmodSync(file, 0o644)
    writeFileSync(file, 'forged\n')
    await refused('altered', 'INTEGRITY_BROKEN')
  })

  test('it was withdrawn', async () => {
    await ranOnce('withdrawn')
    await registry.revoke(withdrawalOf('withdrawn', '1.0.0'))
    await refused('withdrawn', 'REVOKED')
  })

  test('a permission was taken back', async () => {
    await ranOnce('taken-back')
    await engine.revokeGrant('taken-back', 'fs:write')
    await refused('taken-back', 'PERMISSION_DENIED')
  })

  test('the policy has changed', async () => {
    await ranOnce('limited')
    await engine.setPolicy({ capabilities: [] })
    await refused('limited', 'POLICY_DENIED')
    await engine.setPolicy({})
  })

  test('its folder is not signed, and more is declared in it than the command allows', async () => {
    const draft = join(folder, 'draft')
    mkdirSync(draft)
    writeFileSync(
      join(draft, 'skill.toml'),
      `schema = 1
slug = "draft"
version = "1.0.0"
title = "Draft"
summary = "Keeps notes."
publisher = "skillet-labs"
license = "Apache-2.0"
category = "data"

[capabilities]
"fs:write" = "Keeps notes."

[sandbox]
write = ["notes"]

[run]
command = ["sh", "-c", "echo ran >> notes/ran"]
`,
    )
    writeFileSync(join(draft, 'SKILL.md'), '---\nname: draft\ndescription: Test.\n---\n')
    const attempt = (granted: Parameters<typeof engine.tryFolder>[0]['granted']) =>
      engine.tryFolder({ folder: draft, inputs: {}, args: [], granted })
    await expect(attempt({})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await expect(attempt({ 'fs:write': [] })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    const ran = join(home, 'state', '.try', 'draft', 'notes', 'ran')
    await engine.setPolicy({ capabilities: [] })
    await expect(attempt({ 'fs:write': null })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await engine.setPolicy({})
    expect(existsSync(ran)).toBe(false)
    expect(await attempt({ 'fs:write': null })).toMatchObject({ exitCode: 0 })
    // Apart from what an installed skill of this name keeps.
    expect(existsSync(ran)).toBe(true)
  })
})

test('limits that were set since the last run hold for the next, whatever was prepared before', async () => {
  await install('limits', { ...notes, ...shell('echo ran >> notes/ran') })
  await run('limits')
  await engine.setPolicy({ limits: { memory_mb: 100 } })
  expect((await run('limits')).receipt.limits).toMatchObject({ memoryMb: 100 })
  await engine.setPolicy({})
})

test('connections and bytes are held to the budget that its manifest names, across runs', async () => {
  const site = createServer((request, response) => request.resume().on('end', () => response.end('REACHED')))
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
  const { port } = site.address() as AddressInfo
  const other = await createEngine({
    home: join(folder, 'budgeted'),
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
    keychain,
    dialer: {
      resolve: async () => ['127.0.0.1'],
      isAllowedAddress: () => true,
      route: (host) => ({ host, port }),
    },
  })
  await registry.publish({
    slug: 'asks',
    manifest: {
      title: 'asks',
      capabilities: { net: 'Asks.' },
      sandbox: { network: ['api.example.com'] },
      budget: { requests_per_run: 2, egress_mb_per_day: 1 },
      run: {
        command: [
          'python3',
          '-c',
          `import sys, urllib.request
for size in map(int, sys.argv[1:]):
  try: print(urllib.request.urlopen('http://api.example.com/', b'x' * size).read().decode())
  except OSError as error: print('failed')`,
        ],
      },
    },
    files: [textFile('SKILL.md', '---\nname: asks\ndescription: Test.\n---\n')],
  })
  const { planId } = await other.planInstall({ slug: 'asks' })
  await other.applyInstall(planId, { net: { decision: 'allow' } }, 'cli')
  const ask = (...sizes: number[]) => other.run({ slug: 'asks', inputs: {}, args: sizes.map(String) })
  expect(await ask(10, 10, 10)).toMatchObject({
    stdout: 'REACHED\nREACHED\nfailed\n',
    receipt: { requests: 2, limits: { requests: 2 } },
  })
  const { receipt, stdout } = await ask(700_000)
  expect(stdout).toBe('REACHED\n')
  expect(receipt.left.bytesOut).toBeLessThan(400_000)
  expect((await ask(700_000)).stdout).toBe('failed\n')
  await expect(ask(1)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  await other.close()
  site.close()
})

test('what was allowed once is used up by the run that starts, and by none that is refused', async () => {
  await registry.publish({
    slug: 'once',
    manifest: { title: 'Once', ...notes, ...shell('echo ran >> notes/ran'), budget: { runs_per_day: 2 } },
    files: [
      textFile('SKILL.md', '---\nname: once\ndescription: Test.\n---\n'),
      textFile('data.txt', 'signed\n'),
    ],
  })
  const { planId } = await engine.planInstall({ slug: 'once' })
  await engine.applyInstall(planId, { 'fs:write': { decision: 'allow', life: 'once' } }, 'cli')
  const file = join(home, 'skills', 'once', '1.0.0', 'data.txt')
  chmodSync(file, 0o644)
  writeFileSync(file, 'forged\n')
  await expect(run('once')).rejects.toMatchObject({ code: 'INTEGRITY_BROKEN' })
  await engine.repair('once')
  await expect(engine.run({ slug: 'once', inputs: { nonsense: 1 } })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  })
  const both = await Promise.allSettled([run('once'), run('once')])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(readFileSync(noteOf('once', 'ran'), 'utf8')).toBe('ran\n')
  // The one that was refused doesn't count, so the budget has room for another.
  await engine.decide('once', { 'fs:write': { decision: 'allow' } }, 'cli')
  expect((await run('once')).receipt.left.runs).toBe(0)
  await expect(run('once')).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
})

test('what was allowed once is given back where its sandbox fails after it was used up', async () => {
  const part = join(folder, 'launcher')
  copyFileSync(launcher, part)
  const other = await createEngine({
    home: join(folder, 'given-back'),
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher: part,
    keychain,
  })
  const slug = 'given-back'
  await registry.publish({
    slug,
    manifest: { title: 'Given back', ...notes, ...shell('echo ran >> notes/ran') },
    files: [textFile('SKILL.md', `---\nname: ${slug}\ndescription: Test.\n---\n`)],
  })
  const { planId } = await other.planInstall({ slug })
  await other.applyInstall(planId, { 'fs:write': { decision: 'allow', life: 'once' } }, 'cli')
  expect(await other.whyNotRunnable(slug)).toBeNull()
  // Proved by now; what follows finds out only as the sandbox is built, beside the checks.
  rmSync(part)
  await expect(other.run({ slug, inputs: {} })).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  const events = (await other.auditEntries({ limit: 2, before: null })).map(({ event }) => event)
  expect(events).toEqual(['run.denied', 'run.started'])
  copyFileSync(launcher, part)
  expect(await other.run({ slug, inputs: {} })).toMatchObject({ exitCode: 0 })
  await expect(other.run({ slug, inputs: {} })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  await other.close()
})

test('ten at once see nothing of each other', async () => {
  const look = `
import os, socket, sys, time
me = sys.argv[1]
open("/tmp/mine-" + me, "w").write(me)
open("/dev/shm/mine-" + me, "w").write(me)
server = socket.socket(); server.bind(("127.0.0.1", 4000)); server.listen()
os.makedirs("notes/" + me)
print("here", me, flush=True)
deadline = time.time() + 20
while len(os.listdir("notes")) < 10 and time.time() < deadline: time.sleep(0.01)
print(sorted(os.listdir("/tmp")), sorted(os.listdir("/dev/shm")))
print(sorted(p for p in os.listdir("/proc") if p.isdigit() and b"mine" in open("/proc/" + p + "/cmdline", "rb").read() and p != str(os.getpid())))
`
  await install('crowd', { ...notes, ...python(look), sandbox: { ...notes.sandbox, timeout_s: 60 } })
  const results = await Promise.all(Array.from({ length: 10 }, (_, index) => run('crowd', [`mine-${index}`])))
  for (const [index, { stdout, stderr, exitCode }] of results.entries())
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: `here mine-${index}\n['mine-mine-${index}'] ['mine-mine-${index}']\n[]\n`,
      stderr: '',
      exitCode: 0,
    })
  // Their own folder is the one thing that runs of one skill share.
  expect(readdirSync(noteOf('crowd', '')).length).toBe(10)
  expect(readdirSync(tmpdir())).toEqual([])
  expect(existsSync('/tmp/mine-mine-0')).toBe(false)
  expect(new Set(results.map(({ receipt }) => receipt.journal!.seq)).size).toBe(10)
  expect(await engine.verifyAudit()).toMatchObject({ ok: true })
})

test('only declared folders survive a run, also one that fails or is stopped, as far as it got', async () => {
  const script = `
import os, sys, time
for place in ["/tmp/x", "/dev/shm/x", "/home/skill/x", "/skill/x", "notes/kept", "notes/" + sys.argv[1]]:
  try: open(place, "w").write(sys.argv[1])
  except OSError: pass
print(sorted(os.listdir("/tmp")), sorted(os.listdir("notes")), flush=True)
if sys.argv[1] == "fails": raise SystemExit(1)
if sys.argv[1] == "killed": time.sleep(60)
`
  await install('keeps', { ...notes, ...python(script) })
  expect((await run('keeps', ['first'])).stdout).toBe("['x'] ['first', 'kept']\n")
  expect(await run('keeps', ['fails'])).toMatchObject({ exitCode: 1 })
  const stop = new AbortController()
  const stopped = await engine.run(
    { slug: 'keeps', inputs: {}, args: ['killed'] },
    { signal: stop.signal, onOutput: () => stop.abort() },
  )
  expect(stopped).toMatchObject({ reason: 'stopped', exitCode: null })
  expect(readdirSync(noteOf('keeps', '')).sort()).toEqual(['fails', 'first', 'kept', 'killed'])
  expect(readFileSync(noteOf('keeps', 'kept'), 'utf8')).toBe('killed')
  expect(readdirSync(join(home, 'state', 'keeps'))).toEqual(['notes'])
  expect(readdirSync(tmpdir())).toEqual([])
})

test('a run that was stopped before it started never starts', async () => {
  await install('early', { ...notes, ...shell('echo ran >> notes/ran') })
  const stop = new AbortController()
  const running = engine.run({ slug: 'early', inputs: {} }, { signal: stop.signal })
  stop.abort()
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(existsSync(noteOf('early', 'ran'))).toBe(false)
  expect(await started('early')).toBe(0)
})
