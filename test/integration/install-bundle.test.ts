import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyInstalled } from '../../src/engine/install/integrity.ts'
import { writeBundle } from '../../src/engine/package/bundle.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { openHome, treeOf } from '../support/install-home.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'
import { codeOf } from '../unit/trust/code.ts'

const key = generateSigningKey()
const root = toPublishKeys([key.publicKey])
let folder: string
let registry: TinyRegistry
let home: Awaited<ReturnType<typeof openHome>>
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-bundle-'))
  registry = await startTinyRegistry(key)
  home = await openHome({ home: join(folder, 'home'), registryUrl: registry.url, root, offline: true })
  file = join(folder, 'sample-skill-1.0.0.skillet')
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

async function bundle(change: { payload?: Uint8Array; release?: Uint8Array; revocations?: null } = {}) {
  const { envelope, tarball } = registry.publish()
  const revocations = registry.documents.get('/revocations.dsse.json')!
  await writeFile(file, writeBundle({ release: envelope, payload: tarball, revocations, ...change }))
  return { envelope, tarball }
}

async function install(): Promise<unknown> {
  const plan = await home.installer.plan({ file })
  return home.installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'cli')
}

describe('a bundle, without any registry', () => {
  it('installs with the same checks', async () => {
    await bundle()
    expect(await install()).toEqual({ slug: 'sample-skill', version: '1.0.0' })
    expect((await verifyInstalled(home.store, root, 'sample-skill')).ok).toBe(true)
    expect((await home.store.get('sample-skill'))?.source).toBe('sample-skill-1.0.0.skillet')
  })

  it('is refused when its payload, its signature or its signer is wrong', async () => {
    const { tarball, envelope } = await bundle()
    const before = await treeOf(home.paths.home, /^(audit|trust)(\/|$)/)
    const bad = Uint8Array.from(tarball)
    bad[30]! ^= 1
    await bundle({ payload: bad })
    expect(await codeOf(install())).toBe('DIGEST_MISMATCH')
    const text = Buffer.from(envelope).toString()
    const sig = (JSON.parse(text) as { signatures: { sig: string }[] }).signatures[0]!.sig
    const other = Buffer.from(sig, 'base64')
    other[0]! ^= 1
    await bundle({ release: new Uint8Array(Buffer.from(text.replace(sig, other.toString('base64')))) })
    expect(await codeOf(install())).toBe('SIGNATURE_INVALID')
    const stranger = registry.publish({}, generateSigningKey())
    await bundle({ release: stranger.envelope })
    expect(await codeOf(install())).toBe('SIGNER_UNTRUSTED')
    expect(await treeOf(home.paths.home, /^(audit|trust)(\/|$)/)).toEqual(before)
  })

  it('is refused when withdrawn, or when nobody can tell whether it was', async () => {
    await bundle({ revocations: null })
    expect(await codeOf(install())).toBe('REGISTRY_UNREACHABLE')
    registry.revoke({
      slug: 'sample-skill',
      version: '*',
      reason: 'It sent files away.',
      severity: 'high',
      rotate: [],
      revokedAt: '2026-11-02T00:00:00Z',
    })
    await bundle()
    expect(await codeOf(install())).toBe('REVOKED')
  })

  it('is refused when it is no bundle at all', async () => {
    await writeFile(file, 'hello')
    expect(await codeOf(install())).toBe('ARCHIVE_UNSAFE')
    await rm(file)
    expect(await codeOf(install())).toBe('NOT_FOUND')
  })
})
