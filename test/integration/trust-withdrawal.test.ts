import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine, EngineChange } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { keychainOf } from '../support/keychain-of.ts'
import type { RunResult } from '../../src/shared/receipt.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { launcher } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { captivePortal, holdOf, withdrawalOf } from '../support/trust-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

// The whole engine, the real sandbox and a real TUF repository: what a withdrawal does to a skill that runs.

const key = generateSigningKey()
const slug = 'long-runner'
const never = 24 * 60 * 60_000

/** The key that the skill could use is not required, and nothing here is about keys. */
const emptyKeychain = keychainOf()

let folder: string
let registry: TinyRegistry
const engines: Engine[] = []

async function openEngine(lookEveryMs: number): Promise<Engine> {
  const engine = await createEngine({
    home: join(folder, 'home'),
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
    lookEveryMs,
    keychain: emptyKeychain,
  })
  engines.push(engine)
  return engine
}

/** Prints STARTED and waits until it is stopped. */
const waiting = ['python3', '-uc', 'import time; print("STARTED"); time.sleep(60)']
const short = ['sh', '-c', 'echo STARTED']

async function publish(version: string, command = waiting): Promise<void> {
  await registry.publish({
    slug,
    version,
    manifest: {
      title: 'Long runner',
      capabilities: { net: 'Asks the service.', 'env:read': 'Signs in.' },
      sandbox: { network: ['api.example.com'] },
      secrets: {
        EXAMPLE_API_KEY: { title: 'Example key', required: false, hosts: ['api.example.com'] },
      },
      run: { command },
    },
    files: [textFile('SKILL.md', `---\nname: ${slug}\ndescription: Waits.\n---\n${version}\n`)],
  })
}

async function install(engine: Engine, version?: string): Promise<void> {
  const plan = await engine.planInstall({ slug, version })
  const allow = Object.fromEntries(
    plan.asks.map(({ capability }) => [capability, { decision: 'allow' as const }]),
  )
  await engine.applyInstall(plan.planId, allow, 'cli')
}

/** Resolves once the program inside is at work; `ended` is how the run ends. */
async function start(engine: Engine, signal?: AbortSignal): Promise<{ ended: Promise<RunResult> }> {
  let output = ''
  let ended!: Promise<RunResult>
  await new Promise<void>((resolve, reject) => {
    ended = engine.run(
      { slug, inputs: {} },
      {
        ...(signal && { signal }),
        onOutput: (_stream, text) => {
          output += text
          if (output.includes('STARTED')) resolve()
        },
      },
    )
    ended.catch(reject)
  })
  return { ended }
}

const revoke = () => registry.revoke({ ...withdrawalOf(slug, '1.0.0'), rotate: ['EXAMPLE_API_KEY'] })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-withdrawal-'))
  registry = await startTinyRegistry(key)
})
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a skill that is withdrawn while it runs', () => {
  it('is stopped and moved away by an engine that nobody asked, and whoever listens hears why', async () => {
    await publish('1.0.0')
    const engine = await openEngine(150)
    await install(engine)
    const heard: EngineChange[] = []
    engine.onChange((change) => heard.push(change))
    const { ended } = await start(engine)

    await publish('1.1.0', short)
    await revoke()
    expect(await ended).toMatchObject({ reason: 'stopped', stdout: expect.stringContaining('STARTED') })

    const withdrawn = {
      reason: 'It sent files away.',
      severity: 'critical',
      revokedAt: '2026-11-02T00:00:00Z',
      rotate: [{ name: 'EXAMPLE_API_KEY', title: 'Example key' }],
      saferVersion: '1.1.0',
    }
    await expect
      .poll(() => heard.filter(({ kind }) => kind === 'withdrawn'))
      .toEqual([{ kind: 'withdrawn', slug, version: '1.0.0', title: 'Long runner', withdrawn }])
    await expect
      .poll(() => heard.some((change) => change.kind === 'library' && change.slug === slug))
      .toBe(true)
    expect(existsSync(join(folder, 'home', 'skills', slug))).toBe(false)
    expect(existsSync(join(folder, 'home', 'quarantine', slug, '1.0.0', 'SKILL.md'))).toBe(true)
    expect(await engine.installed()).toMatchObject([{ slug, version: '1.0.0', updateTo: '1.1.0', withdrawn }])
    const refused = await engine.run({ slug, inputs: {} }).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'REVOKED',
      message: 'long-runner 1.0.0 was withdrawn: It sent files away.',
      remedy: expect.stringContaining('EXAMPLE_API_KEY'),
    })
    const entries = await engine.auditEntries({ limit: 20, before: null })
    expect(entries.map(({ text }) => text)).toContain('Long runner was stopped: it was withdrawn.')

    // The safer version brings it back, with the decisions that stand.
    await install(engine, '1.1.0')
    expect((await engine.run({ slug, inputs: {} })).stdout).toBe('STARTED\n')
    expect(await engine.installed()).toMatchObject([{ version: '1.1.0', withdrawn: null, kept: [] }])
    expect(await codeOf(engine.rollback(slug, '1.0.0', 'cli'))).not.toBe('returned')
  })

  it('goes on only as long as nobody looks, and is stopped by whatever looks first', async () => {
    await publish('1.0.0')
    const engine = await openEngine(never)
    await install(engine)
    const { ended } = await start(engine)
    await revoke()
    const state = await Promise.race([
      ended,
      new Promise((resolve) => setTimeout(resolve, 400, 'still running')),
    ])
    expect(state).toBe('still running')
    // Any other check of this engine, here the one that a person asks for.
    expect(await engine.refreshTrust()).toMatchObject({ problem: null })
    expect(await ended).toMatchObject({ reason: 'stopped' })
  })

  it('is stopped when another Skillet on this computer found it out', async () => {
    await publish('1.0.0')
    const first = await openEngine(never)
    await install(first)
    const heard: EngineChange[] = []
    first.onChange((change) => heard.push(change))
    const { ended } = await start(first)
    const second = await openEngine(never)
    await revoke()
    expect(await second.refreshTrust()).toMatchObject({ problem: null })
    expect(await ended).toMatchObject({ reason: 'stopped' })
    await expect.poll(() => heard.filter(({ kind }) => kind === 'withdrawn')).toHaveLength(1)
  })
})

describe('a skill that is put on hold', () => {
  it('runs on and can be started; who has it is told by an engine that nobody asked, until it is released', async () => {
    await publish('1.0.0')
    const engine = await openEngine(150)
    await install(engine)
    const heard: EngineChange[] = []
    engine.onChange((change) => heard.push(change))
    const stop = new AbortController()
    const before = await start(engine, stop.signal)
    const told = () => heard.filter((change) => change.kind === 'library' && change.slug === null).length

    await registry.hold(holdOf(slug))
    await expect.poll(told).toBe(1)
    const { slug: _slug, ...onHold } = holdOf(slug)
    expect(await engine.installed()).toMatchObject([{ slug, onHold, withdrawn: null, updateTo: null }])
    // The person decides: neither what runs is stopped, nor is another run refused.
    const after = await start(engine, stop.signal)
    expect(existsSync(join(folder, 'home', 'skills', slug))).toBe(true)
    expect(await codeOf(engine.planInstall({ slug }))).toBe('ON_HOLD')
    expect(await codeOf(engine.planInstall({ slug, version: '1.0.0' }))).toBe('ON_HOLD')
    expect(await engine.updates()).toEqual([])
    expect((await engine.verify()).ok).toBe(true)
    stop.abort()
    for (const run of [before, after]) expect(await run.ended).toMatchObject({ reason: 'stopped' })
    const entries = await engine.auditEntries({ limit: 20, before: null })
    expect(entries.map(({ text }) => text).join()).not.toContain('withdrawn')

    await registry.hold()
    await expect.poll(told).toBe(2)
    expect(await engine.installed()).toMatchObject([{ slug, onHold: null }])
    expect(await codeOf(engine.planInstall({ slug }))).toBe('returned')
  })
})

describe('an earlier version that is withdrawn', () => {
  it('is stopped where it still runs, deleted where it was kept, and never offered again', async () => {
    await publish('1.0.0')
    const engine = await openEngine(never)
    await install(engine)
    const old = await start(engine)
    await publish('1.1.0')
    await install(engine, '1.1.0')
    const now = await start(engine)
    const kept = join(folder, 'home', 'skills', slug, '1.0.0')
    expect(existsSync(kept)).toBe(true)

    await revoke()
    await engine.refreshTrust()
    expect(await old.ended).toMatchObject({ reason: 'stopped' })
    expect(existsSync(kept)).toBe(false)
    expect(existsSync(join(folder, 'home', 'records', 'kept', slug))).toBe(false)
    expect(await engine.installed()).toMatchObject([{ version: '1.1.0', kept: [], withdrawn: null }])
    expect(await codeOf(engine.rollback(slug, undefined, 'cli'))).toBe('NOT_FOUND')
    const entries = await engine.auditEntries({ limit: 20, before: null })
    const texts = entries.map(({ text }) => text)
    expect(texts).toContain('Deleted long-runner 1.0.0, which was withdrawn: It sent files away.')
    expect(texts).toContain('Long runner was stopped: it was withdrawn.')

    // The version in force runs on, until it is withdrawn too.
    await registry.revoke(withdrawalOf(slug, '1.1.0'))
    await engine.refreshTrust()
    expect(await now.ended).toMatchObject({ reason: 'stopped' })
    expect(texts.filter((text) => text === 'Long runner was stopped: it was withdrawn.')).toHaveLength(1)
  })

  it('is stopped where it runs when another Skillet on this computer found it out', async () => {
    await publish('1.0.0')
    const first = await openEngine(never)
    await install(first)
    const { ended } = await start(first)
    const second = await openEngine(never)
    await publish('1.1.0', short)
    await install(second, '1.1.0')
    await revoke()
    await second.refreshTrust()
    expect(await ended).toMatchObject({ reason: 'stopped' })
  })
})

describe('a skill that was withdrawn before', () => {
  it('is in quarantine as soon as somebody looks at the library, and no news to who listens later', async () => {
    await publish('1.0.0')
    await install(await openEngine(never))
    await revoke()
    const engine = await openEngine(never)
    expect(await engine.installed()).toMatchObject([{ slug, withdrawn: { saferVersion: null } }])
    const heard: EngineChange[] = []
    engine.onChange((change) => heard.push(change))
    await engine.refreshTrust()
    expect(heard.filter(({ kind }) => kind === 'withdrawn')).toEqual([])
    expect(await engine.updates()).toEqual([])
    expect(await codeOf(engine.planInstall({ slug }))).toBe('REVOKED')
  })

  it('is refused before its first instruction, also where only the run looks', async () => {
    await publish('1.0.0', short)
    const engine = await openEngine(never)
    await install(engine)
    expect((await engine.run({ slug, inputs: {} })).stdout).toBe('STARTED\n')
    await revoke()
    expect(await codeOf(engine.run({ slug, inputs: {} }))).toBe('REVOKED')
    expect(existsSync(join(folder, 'home', 'skills', slug))).toBe(false)
  })
})

it('runs without a connection for as long as the lists hold', async () => {
  await publish('1.0.0', short)
  await install(await openEngine(never))
  captivePortal(registry)
  const engine = await openEngine(never)
  expect((await engine.run({ slug, inputs: {} })).stdout).toBe('STARTED\n')
  expect(await codeOf(engine.planInstall({ slug }))).toBe('returned')
})

it('goes back to an older version that is still offered, pinned or not', async () => {
  await publish('1.0.0', short)
  const engine = await openEngine(never)
  await publish('2.0.0', short)
  await install(engine, '2.0.0')
  await engine.pin(slug, true)
  await registry.revoke(withdrawalOf(slug, '2.0.0'))
  await publish('1.0.0', short)
  expect(await engine.updates()).toEqual([{ slug, installed: '2.0.0', available: '1.0.0', pinned: true }])
  expect(await engine.installed()).toMatchObject([
    { updateTo: '1.0.0', withdrawn: { saferVersion: '1.0.0' } },
  ])
  await install(engine)
  expect(await engine.installed()).toMatchObject([{ version: '1.0.0', pinned: true, withdrawn: null }])
})

describe('updates', () => {
  it('are newer versions that are not withdrawn, and unfinished ones only for those who have such a one', async () => {
    await publish('1.0.0', short)
    const engine = await openEngine(never)
    await install(engine)
    await publish('2.0.0-beta.1', short)
    await engine.refreshTrust()
    expect(await engine.updates()).toEqual([])
    await install(engine, '2.0.0-beta.1')
    await publish('2.0.0-beta.2', short)
    await engine.refreshTrust()
    expect(await engine.updates()).toEqual([
      { slug, installed: '2.0.0-beta.1', available: '2.0.0-beta.2', pinned: false },
    ])
    await engine.pin(slug, true)
    expect(await engine.updates()).toMatchObject([{ pinned: true }])
    expect(await codeOf(engine.planInstall({ slug }))).toBe('VERSION_PINNED')
  })

  it('that ask for nothing new go by the earlier answers; those that do are held, with what changes', async () => {
    await publish('1.0.0', short)
    const engine = await openEngine(never)
    await install(engine)
    await publish('1.1.0', short)
    const same = await engine.planInstall({ slug })
    expect(same.changes).toEqual({ widens: false, added: [], removed: [], changed: [] })
    await engine.applyInstall(same.planId, {}, 'cli')

    await registry.publish({
      slug,
      version: '2.0.0',
      manifest: {
        title: 'Long runner',
        capabilities: { net: 'Asks two services.', 'fs:write': 'Saves.' },
        sandbox: { network: ['api.example.com', 'other.example.com'], write: ['out'] },
        run: { command: short },
      },
    })
    const wider = await engine.planInstall({ slug })
    expect(wider.changes).toMatchObject({
      widens: true,
      added: [{ capability: 'fs:write' }],
      removed: [{ capability: 'env:read' }],
      changed: [
        {
          before: { title: 'Connect to api.example.com' },
          after: { scope: ['api.example.com', 'other.example.com'] },
        },
      ],
    })
    expect(wider.asks.map(({ capability, decided }) => [capability, decided])).toEqual([
      ['fs:write', null],
      ['net', null],
    ])
    expect(await codeOf(engine.applyInstall(wider.planId, {}, 'cli'))).toBe('PERMISSION_DENIED')
    expect(await engine.installed()).toMatchObject([{ version: '1.1.0' }])
  })
})
