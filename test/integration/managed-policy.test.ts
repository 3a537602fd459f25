import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine, PreinstallNews } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createManagedPolicy } from '../../src/engine/policy/managed-policy.ts'
import { createFileSource } from '../../src/engine/policy/sources/file.ts'
import type { ManagedPolicy } from '../../src/shared/managed-policy.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { keychainOf } from '../support/keychain-of.ts'
import { launcher } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

const slug = 'sample-skill'
const key = generateSigningKey()

let registry: TinyRegistry
let folder: string
let home: string
const engines: Engine[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-managed-'))
  home = join(folder, 'home')
  registry = await startTinyRegistry(key)
})
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

const policyFile = () => join(folder, 'policy.json')
const decree = (policy: ManagedPolicy) => writeFile(policyFile(), JSON.stringify(policy))
const lift = () => rm(policyFile(), { force: true })

async function open(
  options: { registryUrl?: string | null; trustRootFile?: string | null } = {},
): Promise<Engine> {
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
    keychain: keychainOf({}),
    // Whoever runs the tests stands for the administrator.
    managed: createManagedPolicy([createFileSource(policyFile(), [0, process.getuid!()])]),
    ...options,
  })
  engines.push(engine)
  return engine
}

const publish = (version = '1.0.0', manifest: Record<string, unknown> = {}) =>
  registry.publish({
    version,
    manifest: { capabilities: {}, run: { command: ['sh', 'run.sh'] }, ...manifest },
    files: [
      textFile('SKILL.md', `---\nname: ${slug}\ndescription: Says ${version}.\n---\n`),
      textFile('run.sh', `echo ${version}\n`, true),
    ],
  })
async function install(engine: Engine, version?: string): Promise<void> {
  const plan = await engine.planInstall(version === undefined ? { slug } : { slug, version })
  await engine.applyInstall(plan.planId, {}, 'window')
}
const run = (engine: Engine) => engine.run({ slug, inputs: {} })

describe('a registry that administrators did not name', () => {
  it('is used by whoever names it, until there is a policy; then nobody can name another', async () => {
    await publish()
    expect((await open()).registryUrl).toBe(registry.url)
    await decree({ registries: [{ url: 'https://skills.example.com' }] })
    expect(await codeOf(open())).toBe('POLICY_DENIED')
    expect((await open({ registryUrl: null })).registryUrl).toBe('https://skills.example.com')
    await decree({ registries: [] })
    expect((await open({ registryUrl: null })).registryUrl).toBe('')
    await decree({ registries: [{ url: `${registry.url}/` }] })
    await install(await open())
  })

  it('gets no request any more when the policy comes while Skillet is open', async () => {
    await publish()
    const engine = await open()
    await install(engine)
    await decree({ registries: [{ url: 'https://skills.example.com' }] })
    const before = registry.requests.length
    expect(await codeOf(engine.planInstall({ slug }))).toBe('POLICY_DENIED')
    expect(registry.requests).toHaveLength(before)
  })
})

describe('a trust root that administrators pinned', () => {
  it('takes the place of one that the person would have trusted', async () => {
    const other = await startTinyRegistry(generateSigningKey())
    try {
      await publish()
      const root = await readFile(registry.trustRoot)
      // Whose root is trusted decides: with another one, the person's own, this registry isn't believed.
      const astray = join(folder, 'astray')
      await install(await open())
      home = astray
      expect(await codeOf(install(await open({ trustRootFile: other.trustRoot })))).not.toBeNull()

      home = join(folder, 'pinned')
      const document = JSON.parse(root.toString()) as NonNullable<
        NonNullable<ManagedPolicy['registries']>[number]['root']
      >
      await decree({ registries: [{ url: registry.url, root: document }] })
      await install(await open({ registryUrl: null, trustRootFile: other.trustRoot }))

      home = join(folder, 'by-digest')
      await decree({ registries: [{ url: registry.url, root_sha256: sha256Hex(root) }] })
      expect(await codeOf(open({ trustRootFile: other.trustRoot }))).toBe('POLICY_DENIED')
      await install(await open())
    } finally {
      await other.stop()
    }
  })
})

describe('skills that administrators do not allow', () => {
  const rules: [string, ManagedPolicy][] = [
    ['a blocked publisher', { publishers: { block: ['skillet-labs'] } }],
    ['a publisher that is not on the list', { publishers: { allow: ['example-tools'] } }],
    ['a blocked skill', { skills: { block: [slug] } }],
    ['a blocked version', { skills: { block: [`${slug}@>=1.0.0 <2.0.0`] } }],
    ['a skill that is not on the list', { skills: { allow: ['notes', `${slug}@2.0.0`] } }],
    ['a capability beyond the ceiling', { ceiling: { capabilities: [], fs_write_roots: [] } }],
  ]
  it('are neither installed nor updated to nor run, and come back when the rule goes', async () => {
    const manifest = { capabilities: { net: 'Asks.' }, sandbox: { network: ['api.example.com'] } }
    await publish('1.0.0', manifest)
    const engine = await open()
    const { planId } = await engine.planInstall({ slug })
    await engine.applyInstall(planId, { net: { decision: 'allow' } }, 'window')
    expect((await run(engine)).stdout).toBe('1.0.0\n')
    for (const [what, policy] of rules) {
      await decree(policy)
      expect(await codeOf(engine.planInstall({ slug })), what).toBe('POLICY_DENIED')
      expect(await codeOf(run(engine)), what).toBe('POLICY_DENIED')
    }
    await decree({ skills: { block: [`${slug}@>1.0.0`] } })
    await publish('1.1.0-beta.1', manifest)
    expect(await codeOf(engine.planInstall({ slug, version: '1.1.0-beta.1' }))).toBe('POLICY_DENIED')
    expect((await run(engine)).stdout).toBe('1.0.0\n')

    await lift()
    const planned = await engine.planInstall({ slug, version: '1.1.0-beta.1' })
    await decree({ publishers: { block: ['skillet-labs'] } })
    // Decided while the question was open.
    const answers = { net: { decision: 'allow' } } as const
    expect(await codeOf(engine.applyInstall(planned.planId, answers, 'window'))).toBe('POLICY_DENIED')
    await lift()
    await engine.applyInstall(planned.planId, answers, 'window')
  })

  it('are not tried from a folder that nobody signed', async () => {
    const skill = join(folder, slug)
    await mkdir(skill)
    await writeFile(join(skill, 'SKILL.md'), `---\nname: ${slug}\ndescription: Says so.\n---\n`)
    await writeFile(
      join(skill, 'skill.toml'),
      `schema = 1\nslug = "${slug}"\nversion = "1.0.0"\ntitle = "Sample"\nsummary = "Says so."\npublisher = "skillet-labs"\nlicense = "MIT"\ncategory = "data"\n[run]\ncommand = ["sh", "run.sh"]\n`,
    )
    await writeFile(join(skill, 'run.sh'), 'echo unsigned\n')
    const engine = await open()
    const attempt = () => engine.tryFolder({ folder: skill, inputs: {}, granted: {} })
    expect((await attempt()).stdout).toBe('unsigned\n')
    const policies: ManagedPolicy[] = [
      { unsigned: 'forbidden' },
      // It says whose it is, and nobody can check that.
      { publishers: { allow: ['skillet-labs'] } },
      { unsigned: 'allowed', skills: { block: [slug] } },
    ]
    for (const policy of policies) {
      await decree(policy)
      expect(await codeOf(attempt()), JSON.stringify(policy)).toBe('POLICY_DENIED')
    }
    await decree({ publishers: { allow: ['skillet-labs'] }, unsigned: 'allowed' })
    expect((await attempt()).stdout).toBe('unsigned\n')
  })
})

it('going back to a version that is blocked is refused at once, and leaves the other in force', async () => {
  await publish('1.0.0')
  const engine = await open()
  await install(engine)
  await publish('2.0.0')
  await install(engine, '2.0.0')
  await decree({ skills: { block: [`${slug}@<2.0.0`] } })
  for (const version of ['1.0.0', undefined])
    expect(await codeOf(engine.rollback(slug, version, 'cli'))).toBe('POLICY_DENIED')
  expect(await engine.installed()).toMatchObject([{ version: '2.0.0' }])
  await lift()
  expect(await engine.rollback(slug, undefined, 'cli')).toEqual({ slug, version: '1.0.0' })
})

describe('skills that administrators ask for', () => {
  const wants = (grant: string[] = []): ManagedPolicy => ({
    skills: {
      preinstall: [
        { skill: 'missing-skill', grant: [] },
        { skill: slug, grant },
      ],
    },
  })
  const networked = { capabilities: { net: 'Asks.' }, sandbox: { network: ['a.example.com'] } }

  it('are installed once, in the open, and one that is missing keeps no other away', async () => {
    await publish()
    const engine = await open()
    expect(await engine.preinstall()).toEqual([])
    await decree(wants())
    const news: PreinstallNews[] = []
    const outcomes = await engine.preinstall({ onNews: (one) => news.push(one) })
    expect(outcomes).toMatchObject([
      { slug: 'missing-skill', state: 'failed', problem: { code: 'NOT_FOUND' } },
      { slug, state: 'installed', title: 'Sample' },
    ])
    expect(news.filter((one) => one.slug === slug).map(({ state }) => state)).toContain('installing')
    expect((await run(engine)).stdout).toBe('1.0.0\n')
    const asked = registry.requests.length
    expect(await engine.preinstall()).toHaveLength(1)
    expect(registry.requests.slice(asked).join()).not.toContain(slug)
  })

  it('stay removed where a person removes them, unless they are required: those can’t be', async () => {
    await publish()
    const engine = await open()
    const entry = { skill: slug, grant: [] }
    await decree({ skills: { preinstall: [entry] } })
    expect(await engine.preinstall()).toMatchObject([{ state: 'installed' }])
    await engine.remove(slug)
    expect(await engine.preinstall()).toEqual([])
    // Also for the next start.
    expect(await (await open()).preinstall()).toEqual([])
    await decree({ skills: { preinstall: [{ ...entry, required: true }] } })
    expect(await engine.preinstall()).toMatchObject([{ state: 'installed' }])
    expect(await codeOf(engine.remove(slug))).toBe('POLICY_DENIED')
    expect(await engine.installed()).toHaveLength(1)
    // A policy that can't be read keeps nothing here that a person wants gone.
    await writeFile(policyFile(), '{')
    await engine.remove(slug)
    expect(await engine.installed()).toEqual([])
  })

  it('get what the policy grants and nothing else', async () => {
    await publish('1.0.0', networked)
    const engine = await open()
    for (const grant of [[], ['fs:read'], ['net=b.example.com']]) {
      await decree(wants(grant))
      expect((await engine.preinstall())[1]).toMatchObject({ problem: { code: 'PERMISSION_DENIED' } })
      expect(await engine.installed()).toEqual([])
    }
    await decree(wants(['net=a.example.com,b.example.com']))
    expect((await engine.preinstall())[1]).toMatchObject({ state: 'installed' })
    expect(await engine.grants(slug)).toMatchObject([
      { capability: 'net', scope: ['a.example.com'], by: 'policy', decision: 'allow' },
    ])
    const entries = await engine.auditEntries({ limit: 20, before: null })
    expect(entries.map(({ text }) => text).join()).toContain('Your administrator allowed it to')
  })

  it('stay within the ceiling, and do not overrule a person who said no', async () => {
    await publish('1.0.0', networked)
    const engine = await open()
    await decree({ ...wants(['net']), ceiling: { capabilities: [], fs_write_roots: [] } })
    expect((await engine.preinstall())[1]).toMatchObject({ problem: { code: 'POLICY_DENIED' } })
    await lift()
    const { planId } = await engine.planInstall({ slug })
    await codeOf(engine.applyInstall(planId, { net: { decision: 'deny' } }, 'window'))
    await decree(wants(['net']))
    expect((await engine.preinstall())[1]).toMatchObject({ problem: { code: 'PERMISSION_DENIED' } })
  })

  it('are brought to the version that is named', async () => {
    await publish('1.0.0')
    await publish('2.0.0')
    const engine = await open()
    await install(engine)
    await decree({ skills: { preinstall: [{ skill: `${slug}@1.0.0`, grant: [] }] } })
    expect(await engine.preinstall()).toMatchObject([{ state: 'installed' }])
    expect((await run(engine)).stdout).toBe('1.0.0\n')
  })
})

describe('a policy that can’t be read', () => {
  it('stops every install, run and request, and nothing else', async () => {
    await publish()
    await install(await open())
    for (const text of ['{ "telemetry": "of" }', '{', '{ "registries": [] , "registries": [] }']) {
      await writeFile(policyFile(), text)
      const engine = await open()
      const before = registry.requests.length
      expect(await codeOf(engine.planInstall({ slug }))).toBe('POLICY_INVALID')
      expect(await codeOf(run(engine))).toBe('POLICY_INVALID')
      expect(await codeOf(engine.tryFolder({ folder, inputs: {}, granted: {} }))).toBe('POLICY_INVALID')
      expect(await codeOf(engine.preinstall())).toBe('POLICY_INVALID')
      expect(registry.requests).toHaveLength(before)
      expect(await engine.installed()).toHaveLength(1)
      expect((await engine.doctor()).policy.problem).toMatchObject({ code: 'POLICY_INVALID' })
      await lift()
      expect((await run(engine)).stdout).toBe('1.0.0\n')
      expect((await engine.doctor()).policy).toMatchObject({ managed: false, problem: null })
    }
  })
})
