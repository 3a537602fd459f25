import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyInstalled } from '../../src/engine/install/integrity.ts'
import { createInstaller } from '../../src/engine/install/installer.ts'
import { createLock } from '../../src/engine/install/lock.ts'
import { setPinned } from '../../src/engine/install/pin.ts'
import { releasePath } from '../../src/shared/signed-targets.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { tarBytes } from '../../src/trust/tar-bytes.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { openHome, type InstallHome } from '../support/install-home.ts'
import { treeOf } from '../support/tree.ts'
import { sampleFiles, startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

const key = generateSigningKey()
const allow = { 'fs:read': { decision: 'allow' as const } }
const slug = 'sample-skill'

let registry: TinyRegistry
let folder: string
let home: InstallHome
let before: string[]

async function install(version: string, decisions: Parameters<typeof home.installer.apply>[1] = allow) {
  const plan = await home.installer.plan({ slug, version })
  return home.installer.apply(plan.planId, decisions, 'cli')
}

/** Version 1.0.0 is in force, and 2.0.0 must not get in its place. */
async function expectRefused(work: Promise<unknown>, code: string, skip?: RegExp): Promise<void> {
  expect(await codeOf(work)).toBe(code)
  await expectUnchanged(skip)
}

async function expectUnchanged(skip?: RegExp): Promise<void> {
  const kept = (lines: string[]) => lines.filter((line) => skip === undefined || !skip.test(line))
  expect(kept(await tree())).toEqual(kept(before))
  expect((await home.store.get(slug))?.version).toBe('1.0.0')
  expect((await verifyInstalled(home.store, await home.keys(), slug)).ok).toBe(true)
}

/** Without the journal, which says what was refused, and the registry's signed lists, which are brought up to date. */
const tree = () => treeOf(folder, /^(audit|trust)(\/|$)/)

const reopen = (options: Partial<Parameters<typeof openHome>[0]> = {}) =>
  openHome({ home: folder, registryUrl: registry.url, trustRoot: registry.trustRoot, ...options })

/** As somebody with the registry's online keys could: TUF lists these bytes as the release. */
async function list(version: string, envelope: Uint8Array): Promise<void> {
  const { repository } = registry
  await repository.change({ add: [await repository.writeTarget(releasePath(slug, version), envelope)] })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-install-'))
  registry = await startTinyRegistry(key)
  await registry.publish()
  home = await reopen()
  await install('1.0.0')
  before = await tree()
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('installing', () => {
  it('puts a genuine update in force, read-only, and keeps what it replaced', async () => {
    await registry.publish({ version: '2.0.0' })
    const steps: string[] = []
    const plan = await home.installer.plan({ slug })
    expect(plan.replaces).toBe('1.0.0')
    expect(plan.asks.map((ask) => [ask.capability, ask.decided])).toEqual([['fs:read', 'allow']])
    await home.installer.apply(plan.planId, allow, 'cli', {
      onProgress: ({ step, fraction }) => fraction === 1 && steps.push(step),
    })
    expect([...new Set(steps)]).toEqual([
      'access',
      'signature',
      'hardware',
      'policy',
      'download',
      'digest',
      'extract',
      'save',
    ])
    const after = await tree()
    expect(
      after
        .filter((line) => line.startsWith('skills/sample'))
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual([
      'skills/sample-skill/ 700',
      'skills/sample-skill/1.0.0/ 755',
      'skills/sample-skill/1.0.0/SKILL.md 444',
      'skills/sample-skill/1.0.0/notes/ 755',
      'skills/sample-skill/1.0.0/notes/read-me.md 444',
      'skills/sample-skill/1.0.0/scripts/ 755',
      'skills/sample-skill/1.0.0/scripts/run.sh 555',
      'skills/sample-skill/2.0.0/ 755',
      'skills/sample-skill/2.0.0/SKILL.md 444',
      'skills/sample-skill/2.0.0/notes/ 755',
      'skills/sample-skill/2.0.0/notes/read-me.md 444',
      'skills/sample-skill/2.0.0/scripts/ 755',
      'skills/sample-skill/2.0.0/scripts/run.sh 555',
      'skills/sample-skill/current 600',
    ])
    expect(await home.store.readCurrent(slug)).toBe('2.0.0')
    expect(after.some((line) => line.startsWith('staging/') && !line.startsWith('staging/ '))).toBe(false)
    expect((await verifyInstalled(home.store, await home.keys(), slug)).ok).toBe(true)
  })

  it('installs the same version again over damaged files', async () => {
    await rm(join(folder, 'skills', slug, '1.0.0', 'SKILL.md'))
    expect((await verifyInstalled(home.store, await home.keys(), slug)).missing).toEqual(['SKILL.md'])
    await install('1.0.0')
    expect((await verifyInstalled(home.store, await home.keys(), slug)).ok).toBe(true)
  })
})

describe('refusing, with the disk as it was', () => {
  it('a tarball with one changed byte', async () => {
    const { tarball } = await registry.publish({ version: '2.0.0' })
    const served = Uint8Array.from(tarball)
    served[served.length >> 1]! ^= 1
    await registry.publish({ version: '2.0.0', served })
    await expectRefused(install('2.0.0'), 'DIGEST_MISMATCH')
  })

  it('a tarball that is shorter or longer than signed', async () => {
    const { tarball } = await registry.publish({ version: '2.0.0' })
    await registry.publish({ version: '2.0.0', served: tarball.subarray(0, -1) })
    expect(await codeOf(install('2.0.0'))).toBe('DOWNLOAD_FAILED')
    await registry.publish({ version: '2.0.0', served: new Uint8Array([...tarball, 0]) })
    expect(await codeOf(install('2.0.0'))).toBe('DOWNLOAD_FAILED')
    // What a broken download left is kept for going on, and nothing else.
    await expectUnchanged(/^cache\/sha256\/[0-9a-f]{64}\.unverified\.part /)
  })

  it('a release with one changed character', async () => {
    const { envelope } = await registry.publish({ version: '2.0.0' })
    const text = Buffer.from(envelope).toString()
    const { payload } = JSON.parse(text) as { payload: string }
    const changed = Buffer.from(payload, 'base64').toString().replace('A reviewer', 'B reviewer')
    const forged = text.replace(payload, Buffer.from(changed).toString('base64'))
    await list('2.0.0', new Uint8Array(Buffer.from(forged)))
    await expectRefused(install('2.0.0'), 'SIGNATURE_INVALID')
  })

  it('a release that is served in place of the listed one, genuine as it may be', async () => {
    const { envelope } = await registry.publish({ version: '2.0.0' })
    const other = await registry.publish({ version: '2.0.0' }, key, false)
    const signedAgain = (await registry.publish({ version: '2.0.1' }, key, false)).envelope
    expect(Buffer.from(other.envelope).equals(envelope)).toBe(true)
    registry.documents.set(
      `/tuf/targets/releases/${slug}/${sha256Hex(envelope)}.2.0.0.dsse.json`,
      signedAgain,
    )
    await expectRefused(install('2.0.0'), 'METADATA_INVALID')
  })

  it("a release that the publish key signed and the registry's lists don't name", async () => {
    await registry.publish({ version: '2.0.0' }, key, false)
    await expectRefused(install('2.0.0'), 'NOT_FOUND')
  })

  it('a release that another key signed', async () => {
    await registry.publish({ version: '2.0.0' }, generateSigningKey())
    await expectRefused(install('2.0.0'), 'SIGNER_UNTRUSTED')
  })

  it('a genuine release of another version under this name', async () => {
    const { envelope } = await registry.publish({ version: '2.0.0' })
    await list('3.0.0', envelope)
    await expectRefused(install('3.0.0'), 'RELEASE_INVALID')
  })

  it('an unknown capability in a signed release', async () => {
    await registry.publish({ version: '2.0.0', manifest: { capabilities: { 'fs:delete': 'Cleans up.' } } })
    await expectRefused(install('2.0.0'), 'RELEASE_INVALID')
  })

  it('a wildcard host in a signed release', async () => {
    await registry.publish({
      version: '2.0.0',
      manifest: {
        capabilities: { net: 'Fetches.' },
        sandbox: { network: ['*.example.com'] },
        run: { command: ['sh'] },
      },
    })
    await expectRefused(install('2.0.0'), 'RELEASE_INVALID')
  })

  it.each([
    ['path traversal', '016-path-dotdot-deep.tgz'],
    ['an absolute path', '172-ustar-prefix-abs.tgz'],
    ['a symbolic link', '094-link-sym-abs.tgz'],
    ['a symbolic link that is written through', '096-link-sym-write-through.tgz'],
    ['a hard link', '112-link-hard-abs.tgz'],
    ['a device', '118-type-char.tgz'],
  ])('%s in a tarball that was signed', async (_, name) => {
    const tarball = new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/archives', name)))
    await registry.publish({ version: '2.0.0', tarball })
    const code = await codeOf(install('2.0.0'))
    expect(['ARCHIVE_UNSAFE', 'PAYLOAD_MISMATCH']).toContain(code)
    await expectUnchanged()
  })

  it('a symbolic link behind good files: those that were extracted already are gone again', async () => {
    const good = tarBytes(sampleFiles('2.0.0')).subarray(0, -1024)
    const header = new Header({
      path: 'link',
      type: 'SymbolicLink',
      linkpath: '/etc/passwd',
      mode: 0o644,
      size: 0,
    })
    header.encode()
    const tarball = new Uint8Array(gzipSync(Buffer.concat([good, header.block!, Buffer.alloc(1024)])))
    await registry.publish({ version: '2.0.0', tarball })
    await expectRefused(install('2.0.0'), 'ARCHIVE_UNSAFE')
  })

  it('a tarball with a file more, a file less, or another file than signed', async () => {
    const files = sampleFiles('2.0.0')
    const others = [
      [...files, textFile('zz.md', 'more')],
      files.slice(0, 2),
      [...files.slice(0, 2), textFile('scripts/run.sh', '#!/bin/sh\nexit 1\n', true)],
      [...files.slice(0, 2), { ...files[2]!, executable: false }],
    ]
    for (const other of others) {
      await registry.publish({ version: '2.0.0', files, tarball: new Uint8Array(gzipSync(tarBytes(other))) })
      await expectRefused(install('2.0.0'), 'PAYLOAD_MISMATCH')
    }
  })

  it('a computer that lacks what the skill needs, naming both and the alternative', async () => {
    await registry.publish({ slug: 'sample-lite' })
    await registry.publish({
      version: '2.0.0',
      manifest: { requires: { memory_mb: 100_000_000 }, alternatives: ['sample-lite'] },
    })
    const failure = await home.installer.plan({ slug, version: '2.0.0' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'INCOMPATIBLE', remedy: expect.stringContaining('sample-lite') })
    await expectUnchanged()
  })

  it("what the person's plan does not cover, before anything else of it is asked for", async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    const answer = {
      access: false,
      reason: 'tier_required',
      required_tier: 'operator',
      upgrade_url: `${registry.url}/upgrade?tier=operator`,
    }
    registry.documents.set('/api/skills/access', new Uint8Array(Buffer.from(JSON.stringify(answer))))
    registry.requests.length = 0
    await expectRefused(install('2.0.0'), 'TIER_REQUIRED')
    await expectRefused(home.installer.apply(plan.planId, allow, 'cli'), 'TIER_REQUIRED')
    expect(registry.requests.filter((path) => path.includes(slug))).toEqual([])
  })

  it("what the administrator doesn't allow", async () => {
    const policyFile = join(folder, 'audit', 'managed.json')
    await writeFile(policyFile, JSON.stringify({ ceiling: { capabilities: [], fs_write_roots: [] } }), {
      mode: 0o644,
    })
    home = await reopen({ policyFile })
    await registry.publish({ version: '2.0.0' })
    await expectRefused(install('2.0.0'), 'POLICY_DENIED')
  })

  it('another release of the same files than the one that was decided on', async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    await registry.publish({
      version: '2.0.0',
      release: (release) => ({ ...release, publishedAt: '2026-11-05T00:00:00Z' }),
    })
    await expectRefused(home.installer.apply(plan.planId, allow, 'cli'), 'RELEASE_INVALID')
  })

  it('a missing decision, and a denied one, which is remembered', async () => {
    const manifest = {
      capabilities: { 'fs:read': 'Reads.', 'fs:write': 'Saves its counts.' },
      sandbox: { write: ['out'] },
    }
    await registry.publish({ version: '2.0.0', manifest })
    await expectRefused(install('2.0.0'), 'PERMISSION_DENIED')
    await expectRefused(
      install('2.0.0', { 'fs:write': { decision: 'deny' } }),
      'PERMISSION_DENIED',
      /^grants\.json /,
    )
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    expect(plan.asks.map((ask) => [ask.capability, ask.decided])).toEqual([
      ['fs:read', 'allow'],
      ['fs:write', 'deny'],
    ])
    // It sticks also where a later version asks for the same again, and nobody decides anew.
    await registry.publish({ version: '3.0.0', manifest: { ...manifest, requires: { memory_mb: 1 } } })
    await expectRefused(install('3.0.0', {}), 'PERMISSION_DENIED', /^grants\.json /)
  })

  it('a decision wider than what was asked for', async () => {
    await registry.publish({ version: '2.0.0' })
    await expectRefused(
      install('2.0.0', { 'fs:read': { decision: 'allow', scope: ['input:other'] } }),
      'INPUT_INVALID',
    )
    await expectRefused(install('2.0.0', { ...allow, net: { decision: 'allow' } }), 'INPUT_INVALID')
  })

  it('a required key that is missing', async () => {
    const manifest = {
      capabilities: { net: 'Fetches.', 'env:read': 'Signs in.' },
      sandbox: { network: ['api.example.com'] },
      secrets: { EXAMPLE_API_KEY: { title: 'Example API key', hosts: ['api.example.com'] } },
      run: { command: ['sh', 'scripts/run.sh'] },
    }
    await registry.publish({ version: '2.0.0', manifest })
    const both = { net: { decision: 'allow' }, 'env:read': { decision: 'allow' } } as const
    await expectRefused(install('2.0.0', both), 'SECRET_MISSING')
    home = await reopen({ secrets: ['EXAMPLE_API_KEY'] })
    await install('2.0.0', both)
    expect((await home.store.get(slug))?.version).toBe('2.0.0')
  })

  it('a withdrawn version, also where its release is still listed', async () => {
    const { envelope } = await registry.publish({ version: '2.0.0' })
    await registry.revoke({
      slug,
      version: '2.0.0',
      reason: 'It sent files away.',
      severity: 'critical',
      rotate: ['EXAMPLE_API_KEY'],
      revokedAt: '2026-11-02T00:00:00Z',
    })
    const failure = await home.installer.plan({ slug, version: '2.0.0' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'REVOKED',
      message: 'sample-skill 2.0.0 was withdrawn: It sent files away.',
      remedy: expect.stringContaining('EXAMPLE_API_KEY'),
    })
    await expectUnchanged()
    await list('2.0.0', envelope)
    // Nobody is asked about it, and nothing of it is downloaded.
    await expectRefused(home.installer.plan({ slug, version: '2.0.0' }), 'REVOKED')
  })

  it('the newest version of a skill that was withdrawn as a whole, whatever the catalog says', async () => {
    await registry.revoke({
      slug,
      version: '*',
      reason: 'Its maker is gone.',
      severity: 'low',
      rotate: [],
      revokedAt: '2026-11-02T00:00:00Z',
    })
    expect(await codeOf(home.installer.plan({ slug }))).toBe('REVOKED')
  })

  it('what is withdrawn while it is being downloaded', async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    let clock = Date.now()
    home = await reopen({ now: () => new Date(clock) })
    const { planId } = await home.installer.plan({ slug, version: '2.0.0' })
    expect(plan.skill.version).toBe('2.0.0')
    registry.answerTarballs((response, body) => {
      void registry
        .revoke({
          slug,
          version: '2.0.0',
          reason: 'It sent files away.',
          severity: 'critical',
          rotate: [],
          revokedAt: '2026-11-02T00:00:00Z',
        })
        .then(() => {
          // A download that took its time.
          clock += 60_000
          response.end(body)
        })
    })
    await expectRefused(home.installer.apply(planId, allow, 'cli'), 'REVOKED')
  })

  it('an update of a pinned skill that nobody named a version for', async () => {
    await registry.publish({ version: '2.0.0' })
    await setPinned(home, slug, true)
    expect(await codeOf(home.installer.plan({ slug }))).toBe('VERSION_PINNED')
    await install('2.0.0')
    expect(await home.store.get(slug)).toMatchObject({ version: '2.0.0', pinned: true })
  })

  it('a registry that cannot be reached, before the plan and after it', async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    await registry.stop()
    await expectRefused(install('2.0.0'), 'REGISTRY_UNREACHABLE')
    await expectRefused(home.installer.apply(plan.planId, allow, 'cli'), 'REGISTRY_UNREACHABLE')
  })

  it('what is cancelled in the middle of the download', async () => {
    await registry.publish({ version: '2.0.0' })
    registry.answerTarballs((response, body) => {
      response.setHeader('content-length', body.length)
      response.write(body.subarray(0, 100))
    })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    const controller = new AbortController()
    const work = home.installer.apply(plan.planId, allow, 'cli', {
      signal: controller.signal,
      onProgress: ({ step, fraction }) => {
        if (step === 'download' && fraction > 0) controller.abort()
      },
    })
    await expectRefused(work, 'CANCELLED')
  })

  it('what is cancelled once everything is extracted', async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    const controller = new AbortController()
    const work = home.installer.apply(plan.planId, allow, 'cli', {
      signal: controller.signal,
      onProgress: ({ step, fraction }) => {
        if (step === 'extract' && fraction === 1) controller.abort()
      },
    })
    await expectRefused(work, 'CANCELLED')
  })

  it('a permission that is taken back while the download runs, and does not give it back', async () => {
    await registry.publish({ version: '2.0.0' })
    const granted = await home.grants.list(slug)
    registry.answerTarballs((response, body) => {
      void home.grants.forget(slug, 'fs:read').then(() => response.end(body))
    })
    for (const decisions of [{}, allow]) {
      await home.grants.put(granted)
      const { planId } = await home.installer.plan({ slug, version: '2.0.0' })
      const work = home.installer.apply(planId, decisions, 'cli')
      await expectRefused(work, 'PERMISSION_DENIED', /^(cache|grants)/)
      expect(await home.grants.list(slug)).toEqual([])
      await rm(join(folder, 'cache'), { recursive: true })
    }
  })

  it('an update of a skill that was pinned while the person was deciding', async () => {
    await registry.publish({ version: '2.0.0' })
    const [newest, named] = [
      await home.installer.plan({ slug }),
      await home.installer.plan({ slug, version: '2.0.0' }),
    ]
    await setPinned(home, slug, true)
    expect(await codeOf(home.installer.apply(newest.planId, allow, 'cli'))).toBe('VERSION_PINNED')
    expect((await home.store.get(slug))?.version).toBe('1.0.0')
    await home.installer.apply(named.planId, allow, 'cli')
    expect(await home.store.get(slug)).toMatchObject({ version: '2.0.0', pinned: true })
  })

  it('an update of a skill that was pinned while the download ran', async () => {
    await registry.publish({ version: '2.0.0' })
    const plan = await home.installer.plan({ slug })
    registry.answerTarballs((response, body) => {
      void setPinned(home, slug, true).then(() => response.end(body))
    })
    expect(await codeOf(home.installer.apply(plan.planId, allow, 'cli'))).toBe('VERSION_PINNED')
    expect((await home.store.get(slug))?.version).toBe('1.0.0')
  })

  it('a change of another version than the one that was shown', async () => {
    await registry.publish({ version: '2.0.0' })
    await registry.publish({ version: '3.0.0' })
    const plan = await home.installer.plan({ slug, version: '2.0.0' })
    await install('3.0.0')
    expect(await codeOf(home.installer.apply(plan.planId, allow, 'cli'))).toBe('RELEASE_INVALID')
    expect((await home.store.get(slug))?.version).toBe('3.0.0')
  })

  it('while another Skillet is at work, and keeps the download for the next attempt', async () => {
    await registry.publish({ version: '2.0.0' })
    const lock = join(folder, 'lock')
    const installer = createInstaller({ ...home, store: { ...home.store, lock: createLock(lock, 50) } })
    const plan = await installer.plan({ slug, version: '2.0.0' })
    await createLock(lock).hold(async () => {
      expect(await codeOf(installer.apply(plan.planId, allow, 'cli'))).toBe('BUSY')
    })
    registry.answerTarballs((response) => response.destroy())
    await installer.apply(plan.planId, allow, 'cli')
    expect((await home.store.get(slug))?.version).toBe('2.0.0')
  })
})
