import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAccess, type Access } from '../../src/bridge/access/access.ts'
import type { Agent } from '../../src/bridge/operations/operation.ts'
import type { Engine } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { agentScopes } from '../../src/shared/agent-scope.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { launcher } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

const claude: Agent = { id: 'claude', name: 'Claude Code', scopes: agentScopes }
const codex: Agent = { id: 'codex', name: 'Codex', scopes: agentScopes }
const slug = 'read-words'
const reads = {
  title: 'Read words',
  capabilities: { 'fs:read': 'Reads the file that you choose.' },
  run: { command: ['sh', 'run.sh'], inputs: { file: { type: 'file', title: 'File', required: true } } },
}

describe('what agents ask of the person', () => {
  let folder: string
  let home: string
  let time: number
  let registry: TinyRegistry
  let engine: Engine
  let access: Access
  const open = () =>
    createAccess({
      home,
      engine: async () => engine,
      managed: async () => null,
      now: () => new Date(time),
      log: (line) => {
        throw new Error(line)
      },
    })

  beforeAll(async () => {
    registry = await startTinyRegistry(generateSigningKey())
    await registry.publish({
      slug,
      manifest: reads,
      files: [
        textFile('SKILL.md', `---\nname: ${slug}\ndescription: Reads words.\n---\n`),
        textFile('run.sh', 'cat "${1#--file=}"\n', true),
      ],
    })
    await registry.publish({ slug: 'not-here', manifest: { requires: { os: ['windows'] } } })
  })
  afterAll(() => registry.stop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-requests-'))
    home = join(folder, 'home')
    time = Date.now()
    engine = await createEngine({
      home,
      registryUrl: registry.url,
      trustRootFile: registry.trustRoot,
      apiKey: null,
      launcher,
    })
    access = open()
  })
  afterEach(async () => {
    await access.close()
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  })

  const install = async () => {
    const { planId } = await engine.planInstall({ slug })
    await engine.applyInstall(planId, { 'fs:read': { decision: 'allow' } }, 'window')
  }
  const put = async (name: string, text = 'words') => {
    const path = join(folder, 'files', name)
    await mkdir(join(folder, 'files'), { recursive: true })
    await writeFile(path, text)
    return path
  }

  it('waits until the person has installed it, which nothing but the store can say', async () => {
    const asked = await access.requests.install(claude, { slug, reason: 'To read\u202e words\nfor you' })
    expect(asked).toMatchObject({
      kind: 'install',
      slug,
      version: '1.0.0',
      title: 'Read words',
      state: 'pending',
    })
    expect(asked.reason).toBe('To read words for you')
    expect(await engine.installed()).toEqual([])
    expect(await access.requests.waiting()).toMatchObject([{ id: asked.id, agent: { name: 'Claude Code' } }])
    // An answer to a run is no answer to this.
    expect(await codeOf(access.requests.allowRun(asked.id))).toBe('NOT_FOUND')

    const waiting = access.requests.get(claude, asked.id, { waitMs: 60_000 })
    await install()
    expect(await waiting).toMatchObject({ id: asked.id, state: 'done' })
    expect(await access.requests.waiting()).toEqual([])
    // Who has it already is told so, each time the same.
    const again = await access.requests.install(claude, { slug })
    expect(again).toMatchObject({ id: asked.id, state: 'done' })
    const journal = await readFile(
      join(home, 'audit', `${new Date().toISOString().slice(0, 7)}.jsonl`),
      'utf8',
    )
    expect(journal).toContain('Claude Code asked you to install Read words 1.0.0.')
    expect(journal).toContain('You installed Read words 1.0.0, which Claude Code had asked for.')
  })

  it('bothers nobody with what can’t be installed', async () => {
    expect(await codeOf(access.requests.install(claude, { slug: 'not-here' }))).toBe('INCOMPATIBLE')
    expect(await codeOf(access.requests.install(claude, { slug: 'no-such-skill' }))).toBe('NOT_FOUND')
    expect(await access.requests.waiting()).toEqual([])
  })

  it('is one request for the same wish and key, and refuses the key for another', async () => {
    const first = await access.requests.install(claude, { slug }, 'key-1')
    expect((await access.requests.install(claude, { slug }, 'key-1')).id).toBe(first.id)
    expect((await access.requests.install(claude, { slug })).id).toBe(first.id)
    // Another agent's key is another key.
    expect((await access.requests.install(codex, { slug }, 'key-1')).id).not.toBe(first.id)
    await registry.publish({ slug: 'other-words' })
    expect(await codeOf(access.requests.install(claude, { slug: 'other-words' }, 'key-1'))).toBe(
      'INPUT_INVALID',
    )
  })

  it('does not ask again for a day what the person refused, nor let another agent see it', async () => {
    const { id } = await access.requests.install(claude, { slug })
    await access.requests.deny(id)
    expect(await access.requests.install(claude, { slug })).toMatchObject({ id, state: 'denied' })
    expect(await codeOf(access.requests.deny(id))).toBe('NOT_FOUND')
    expect(await codeOf(access.requests.get(codex, id))).toBe('NOT_FOUND')
    expect(await access.requests.list(codex)).toEqual([])
    time += 24 * 60 * 60_000
    expect(await access.requests.install(claude, { slug })).toMatchObject({ state: 'pending' })
  })

  it('lets three of an agent wait, and none after it was removed', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await registry.publish({ slug: `words-${name}` })
    for (const name of ['a', 'b', 'c']) await access.requests.install(claude, { slug: `words-${name}` })
    expect(await codeOf(access.requests.install(claude, { slug: 'words-d' }))).toBe('RATE_LIMITED')
    await access.requests.install(codex, { slug: 'words-d' })
    await access.requests.drop(claude.id)
    expect(await access.requests.waiting()).toMatchObject([{ agent: { name: 'Codex' }, slug: 'words-d' }])
  })

  it('gives a skill a file of an agent’s only after the person has seen which, and once', async () => {
    await install()
    const file = await put('a.txt')
    const first = await access.requests.mayRun(claude, { slug, inputs: { file } })
    if (first.go) throw new Error('nobody was asked')
    expect(first.request).toMatchObject({ kind: 'run', inputs: { file }, state: 'pending' })
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: false })

    await access.requests.allowRun(first.request.id)
    expect(await access.requests.get(claude, first.request.id)).toMatchObject({ state: 'approved' })
    // Another agent has no part in it, nor has another file.
    expect(await access.requests.mayRun(codex, { slug, inputs: { file } })).toMatchObject({ go: false })
    const other = await put('b.txt')
    expect(await access.requests.mayRun(claude, { slug, inputs: { file: other } })).toMatchObject({
      go: false,
    })
    const go = await access.requests.mayRun(claude, { slug, inputs: { file } })
    if (!go.go) throw new Error('it was allowed')
    expect([go.wasChosen(file), go.wasChosen(other)]).toEqual([true, false])
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: false })
  })

  it('shows where a link leads, and takes nothing that was put in its place afterwards', async () => {
    await install()
    const secret = await put('secret.txt')
    const link = join(folder, 'files', 'harmless.txt')
    await symlink(secret, link)
    const asked = await access.requests.mayRun(claude, { slug, inputs: { file: link } })
    if (asked.go) throw new Error('nobody was asked')
    expect(asked.request.inputs).toEqual({ file: secret })

    const file = await put('plain.txt')
    const plain = await access.requests.mayRun(claude, { slug, inputs: { file } })
    if (plain.go) throw new Error('nobody was asked')
    await access.requests.allowRun(plain.request.id)
    await rm(file)
    await symlink(secret, file)
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: false })
    await rm(file)
    await rename(secret, file)
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: false })
  })

  it('remembers a folder for one agent and one skill, and nothing that leads out of it', async () => {
    await install()
    const file = await put('a.txt')
    const asked = await access.requests.mayRun(claude, { slug, inputs: { file } })
    if (asked.go) throw new Error('nobody was asked')
    await access.requests.allowRun(asked.request.id, { folder: true })
    const other = await put('b.txt')
    expect(await access.requests.mayRun(claude, { slug, inputs: { file: other } })).toMatchObject({
      go: true,
    })
    expect(await access.requests.mayRun(codex, { slug, inputs: { file: other } })).toMatchObject({
      go: false,
    })
    const outside = join(folder, 'outside.txt')
    await writeFile(outside, 'secret')
    await symlink(outside, join(folder, 'files', 'c.txt'))
    expect(
      await access.requests.mayRun(claude, { slug, inputs: { file: join(folder, 'files', 'c.txt') } }),
    ).toMatchObject({ go: false })
  })

  it('waits for the answers that a skill still wants', async () => {
    await install()
    await engine.revokeGrant(slug, 'fs:read')
    const file = await put('a.txt')
    const asked = await access.requests.mayRun(claude, { slug, inputs: { file } })
    if (asked.go) throw new Error('nobody was asked')
    await access.requests.allowRun(asked.request.id, { folder: true })
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: true })
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: false })
    await engine.decide(slug, { 'fs:read': { decision: 'allow' } }, 'window')
    expect(await access.requests.mayRun(claude, { slug, inputs: { file } })).toMatchObject({ go: true })
  })

  it('refuses what no skill may be given, without asking anybody', async () => {
    await install()
    const token = join(home, 'access', 'requests.json')
    for (const file of ['words.txt', join(folder, 'missing.txt'), folder, '/etc', token])
      expect(await codeOf(access.requests.mayRun(claude, { slug, inputs: { file } }))).toBe('INPUT_INVALID')
    expect(await access.requests.waiting()).toEqual([])
  })
})
