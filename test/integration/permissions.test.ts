import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answers, Engine } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { keychainOf } from '../support/keychain-of.ts'
import type { Capability } from '../../src/shared/capability.ts'
import type { Life } from '../../src/shared/contract/install.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { launcher } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

const key = generateSigningKey()
const slug = 'sample-skill'
const keychain = keychainOf({ ONE_KEY: 'a-value-of-a-key' })

let registry: TinyRegistry
let home: string
const engines: Engine[] = []

/** Another Skillet over the same folder: what the first keeps in memory is not known to it. */
async function openEngine(): Promise<Engine> {
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
    keychain,
  })
  engines.push(engine)
  return engine
}

const saves = {
  capabilities: { 'fs:write': 'Keeps a note.' },
  sandbox: { write: ['notes'] },
  run: { command: ['sh', 'run.sh'] },
}
const noteFiles = (version: string) => [
  textFile('SKILL.md', `---\nname: ${slug}\ndescription: Keeps a note, ${version}.\n---\n`),
  // With nothing but the shell: another program would be refused.
  textFile(
    'run.sh',
    'echo note >> notes/n\nn=0; while read -r _; do n=$((n+1)); done < notes/n; echo $n\n',
    true,
  ),
]
const publish = (version: string, manifest: Record<string, unknown> = saves) =>
  registry.publish({ version, manifest, files: noteFiles(version) })

const all = (capabilities: readonly Capability[], life: Life): Answers =>
  Object.fromEntries(capabilities.map((capability) => [capability, { decision: 'allow', life }]))

async function install(engine: Engine, answers: Answers, version?: string): Promise<void> {
  const { planId } = await engine.planInstall(version === undefined ? { slug } : { slug, version })
  await engine.applyInstall(planId, answers, 'window')
}

const run = (engine: Engine) => engine.run({ slug, inputs: {} })
const refusal = (engine: Engine) => run(engine).catch((error: unknown) => error)
const answers = async (engine: Engine) =>
  (await engine.asks(slug)).map(({ capability, decided, life }) => [capability, decided, life])

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-permissions-'))
  registry = await startTinyRegistry(key)
})
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
  await registry.stop()
  await rm(home, { recursive: true, force: true })
})

describe('an answer that counts once', () => {
  it('serves one run, of two that start at once; then the skill has to ask again', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'once'))
    expect(await answers(engine)).toEqual([['fs:write', 'allow', 'once']])

    const two = await Promise.allSettled([run(engine), run(await openEngine())])
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(two.find(({ status }) => status === 'fulfilled')).toMatchObject({ value: { stdout: '1\n' } })
    expect(two.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'PERMISSION_DENIED', message: expect.stringContaining('You allowed it once') },
    })
    expect(await refusal(engine)).toMatchObject({
      code: 'PERMISSION_DENIED',
      message:
        'Sample was not started. You allowed it once to save its results in its own folder, and it has done so.',
      remedy: expect.stringContaining('skillet grants allow sample-skill'),
    })
    expect(await answers(engine)).toEqual([['fs:write', null, 'once']])

    await engine.decide(slug, { 'fs:write': { decision: 'allow', life: 'once' } }, 'window')
    expect((await run(engine)).stdout).toBe('2\n')
    expect(await codeOf(run(engine))).toBe('PERMISSION_DENIED')
  })

  it('is not used up by a run that is refused', async () => {
    await publish('1.0.0', {
      ...saves,
      run: { ...saves.run, inputs: { text: { type: 'string', title: 'Text', required: true } } },
    })
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'once'))
    expect(await codeOf(run(engine))).toBe('INPUT_INVALID')
    expect((await engine.run({ slug, inputs: { text: 'x' } })).stdout).toBe('1\n')
  })

  it('is not used up by a run that could not be noted or started', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'once'))
    const audit = join(home, 'audit')
    await rename(audit, `${audit}.away`)
    await writeFile(audit, '')
    await expect(run(engine)).rejects.toThrow()
    await rm(audit)
    await rename(`${audit}.away`, audit)
    expect(await answers(engine)).toEqual([['fs:write', 'allow', 'once']])
    expect((await run(engine)).stdout).toBe('1\n')
    expect(await codeOf(run(engine))).toBe('PERMISSION_DENIED')
  })

  it('does not pass to another version, while the others do with their lives', async () => {
    const more = { ...saves, capabilities: { ...saves.capabilities, 'fs:read': 'Reads.' } }
    await publish('1.0.0', more)
    const engine = await openEngine()
    await install(engine, { ...all(['fs:write'], 'once'), ...all(['fs:read'], 'session') })
    await publish('2.0.0', { ...more, summary: 'Reworded.' })
    const plan = await engine.planInstall({ slug })
    expect(plan.asks.map(({ capability, decided }) => [capability, decided])).toEqual([
      ['fs:read', 'allow'],
      ['fs:write', null],
    ])
    expect(await codeOf(engine.applyInstall(plan.planId, {}, 'window'))).toBe('PERMISSION_DENIED')
    await engine.applyInstall(plan.planId, all(['fs:write'], 'always'), 'window')
    expect(await answers(engine)).toEqual([
      ['fs:read', 'allow', 'session'],
      ['fs:write', 'allow', 'always'],
    ])
  })
})

describe('an answer that counts until Skillet is closed', () => {
  it('serves any number of runs of the one that was told, and none after', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'session'))
    expect((await run(engine)).stdout).toBe('1\n')
    expect((await run(engine)).stdout).toBe('2\n')
    expect(await codeOf(run(await openEngine()))).toBe('PERMISSION_DENIED')
    expect(await readFile(join(home, 'grants.json'), 'utf8').catch(() => '')).not.toContain('session')
  })

  it('does not come back out of the trash', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'session'))
    const { undoId } = await engine.remove(slug)
    const later = await openEngine()
    await later.restore(undoId)
    expect(await answers(later)).toEqual([['fs:write', null, null]])
  })
})

describe('deciding about an installed skill', () => {
  it('a denial stops it until the person says otherwise, through updates and restarts', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'always'))
    await engine.decide(slug, { 'fs:write': { decision: 'deny' } }, 'window')
    const later = await openEngine()
    expect(await refusal(later)).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: "Sample was not started. You don't allow it to save its results in its own folder.",
    })
    await publish('2.0.0', { ...saves, sandbox: { write: ['notes', 'more'] } })
    const { planId, asks } = await later.planInstall({ slug })
    expect(asks).toMatchObject([{ capability: 'fs:write', decided: 'deny' }])
    expect(await codeOf(later.applyInstall(planId, {}, 'window'))).toBe('PERMISSION_DENIED')

    await later.decide(slug, all(['fs:write'], 'always'), 'cli')
    expect((await run(later)).stdout).toBe('1\n')
    const said = (await later.auditEntries({ limit: 50, before: null })).filter(
      ({ event }) => event === 'grant.decided',
    )
    expect(said.map(({ text }) => text)).toEqual([
      'You allowed Sample to save its results in its own folder.',
      "You don't allow Sample to save its results in its own folder.",
    ])
  })

  it('answers only what is asked, and in its scope', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'always'))
    expect(await codeOf(engine.decide(slug, all(['net'], 'always'), 'window'))).toBe('INPUT_INVALID')
    const wide: Answers = { 'fs:write': { decision: 'allow', scope: ['notes', 'other'] } }
    expect(await codeOf(engine.decide(slug, wide, 'window'))).toBe('INPUT_INVALID')
    expect(await codeOf(engine.decide('other-skill', {}, 'window'))).toBe('NOT_INSTALLED')
    await engine.decide(slug, { 'fs:write': { decision: 'allow', scope: [] } }, 'window')
    expect(await answers(engine)).toEqual([['fs:write', null, null]])
    expect(await codeOf(run(engine))).toBe('PERMISSION_DENIED')
  })
})

describe('an update that widens is held, with what was and what would be', () => {
  const online = {
    capabilities: { net: 'Fetches.', 'env:read': 'Signs in.', 'fs:write': 'Saves.', exec: 'Converts.' },
    sandbox: { network: ['a.example.com', 'b.example.com'], write: ['notes'], exec: ['sh', 'git'] },
    secrets: { ONE_KEY: { title: 'One key', hosts: ['a.example.com'] } },
    run: { command: ['sh', 'run.sh'] },
  }
  const sandbox = (parts: object) => ({ ...online, sandbox: { ...online.sandbox, ...parts } })
  const wider: [string, Record<string, unknown>, Capability, string][] = [
    ['a host', sandbox({ network: [...online.sandbox.network, 'c.example.com'] }), 'net', 'c.example.com'],
    ['a folder', sandbox({ write: ['notes', 'out'] }), 'fs:write', 'out'],
    ['a program', sandbox({ exec: ['sh', 'git', 'pandoc'] }), 'exec', 'pandoc'],
    [
      'another place for a key',
      { ...online, secrets: { ONE_KEY: { title: 'One key', hosts: ['a.example.com', 'b.example.com'] } } },
      'env:read',
      'ONE_KEY',
    ],
    [
      'another program that runs it',
      { ...sandbox({ exec: ['bash', 'git'] }), run: { command: ['bash', 'run.sh'] } },
      'fs:write',
      'It runs with bash.',
    ],
    ['more to send', { ...online, budget: { egress_mb_per_day: 500 } }, 'net', 'send 500 MB a day'],
  ]

  it('for each way of reaching further', async () => {
    await publish('1.0.0', online)
    const engine = await openEngine()
    await install(engine, all(['net', 'env:read', 'fs:write', 'exec'], 'always'))
    let version = 1
    for (const [what, manifest, capability, shown] of wider) {
      await publish(`${(version += 1)}.0.0`, manifest)
      const plan = await engine.planInstall({ slug })
      const open = plan.asks.filter(({ decided }) => decided === null).map((ask) => ask.capability)
      expect([what, open]).toEqual([what, [capability]])
      expect(plan.changes).toMatchObject({ widens: true, added: [], removed: [] })
      const [change] = plan.changes!.changed
      expect(plan.changes!.changed).toHaveLength(1)
      expect(JSON.stringify(change!.after)).toContain(shown)
      expect(change!.before).toMatchObject({ capability })
      expect(await codeOf(engine.applyInstall(plan.planId, {}, 'window'))).toBe('PERMISSION_DENIED')
      expect(await engine.installed()).toMatchObject([{ version: '1.0.0' }])
    }
    // What reaches less far asks nobody.
    await publish('9.0.0', sandbox({ network: ['a.example.com'], exec: ['sh', 'git'] }))
    const { planId, changes } = await engine.planInstall({ slug })
    expect(changes).toMatchObject({ widens: false, changed: [{ after: { scope: ['a.example.com'] } }] })
    await engine.applyInstall(planId, {}, 'window')
    expect(await engine.installed()).toMatchObject([{ version: '9.0.0' }])
  })
})

describe("the user's own policy", () => {
  it('holds every skill, whatever was allowed, from the next run on', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'always'))
    await engine.setPolicy({ capabilities: ['fs:read'] })
    expect(await (await openEngine()).policy()).toEqual({
      managed: null,
      user: { capabilities: ['fs:read'] },
    })
    expect(await refusal(engine)).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringContaining('The limits that you set for all skills'),
    })
    expect(await engine.checkPermissions()).toMatchObject({ ok: false })
    await publish('2.0.0')
    expect(await codeOf(engine.planInstall({ slug }))).toBe('POLICY_DENIED')
    await engine.setPolicy({})
    expect((await run(engine)).stdout).toBe('1\n')
  })

  it('stops everything where it cannot be read, until it is set again', async () => {
    await publish('1.0.0')
    const engine = await openEngine()
    await install(engine, all(['fs:write'], 'always'))
    for (const malformed of [
      '',
      '{"capabilities": ["root"]}',
      '{"net": []}',
      '{"limits": {"timeout_s": 0}}',
    ]) {
      await writeFile(join(home, 'policy.json'), malformed)
      expect(await codeOf(run(engine))).toBe('POLICY_INVALID')
      expect(await codeOf(engine.planInstall({ slug }))).toBe('POLICY_INVALID')
      expect(await codeOf(engine.policy())).toBe('POLICY_INVALID')
      expect(await codeOf(engine.checkPermissions())).toBe('POLICY_INVALID')
    }
    expect(await codeOf(engine.setPolicy({ capabilities: ['root'] } as never))).toBe('POLICY_INVALID')
    expect(await codeOf(run(engine))).toBe('POLICY_INVALID')
    await engine.setPolicy({ limits: { timeout_s: 5, memory_mb: 64 } })
    expect(await run(engine)).toMatchObject({
      stdout: '1\n',
      receipt: { limits: { timeoutMs: 5000, memoryMb: 64 } },
    })
    await engine.setPolicy({ limits: { runs_per_day: 1 } })
    expect(await codeOf(run(engine))).toBe('BUDGET_EXCEEDED')
  })
})

it('the audit counts a skill whose declaration cannot be read as a violation', async () => {
  await publish('1.0.0')
  const engine = await openEngine()
  await install(engine, all(['fs:write'], 'always'))
  expect(await engine.checkPermissions()).toEqual({
    ok: true,
    skills: [{ slug, line: 'sample-skill [fs:write]', ok: true, violations: [] }],
  })
  await writeFile(join(home, 'records', `${slug}.json`), '{}')
  expect(await (await openEngine()).checkPermissions()).toMatchObject({
    ok: false,
    skills: [{ slug, line: 'sample-skill [unknown]', ok: false }],
  })
})
