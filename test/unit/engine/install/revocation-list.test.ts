import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRevocationList } from '../../../../src/engine/install/revocation-list.ts'
import { createPaths } from '../../../../src/engine/paths.ts'
import { createRegistryClient } from '../../../../src/engine/registry-client/client.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { startTinyRegistry, type TinyRegistry } from '../../../support/tiny-registry.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const root = toPublishKeys([key.publicKey])
const list = '/revocations.dsse.json'
const entry = {
  slug: 'bad',
  version: '*',
  reason: 'It sent files away.',
  severity: 'critical' as const,
  rotate: ['BAD_API_KEY'],
  revokedAt: '2026-11-02T00:00:00Z',
}
let folder: string
let registry: TinyRegistry
const open = (pinned = root) =>
  createRevocationList(createPaths(folder), pinned, createRegistryClient({ url: registry.url }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-revocations-'))
  registry = await startTinyRegistry(key)
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the list of withdrawn skills', () => {
  it('names the reason and the keys to replace', async () => {
    registry.revoke(entry)
    await expect(open().assertNotRevoked('bad', '1.0.0')).rejects.toMatchObject({
      code: 'REVOKED',
      message: expect.stringContaining('It sent files away.'),
      remedy: expect.stringContaining('BAD_API_KEY'),
    })
    expect(await codeOf(open().assertNotRevoked('good', '1.0.0'))).toBe('returned')
  })

  it('counts on when the registry is out of reach, and stops where none was ever seen', async () => {
    expect(await codeOf(createRevocationList(createPaths(folder), root, null).current())).toBe(
      'REGISTRY_UNREACHABLE',
    )
    registry.revoke(entry)
    await open().current()
    await registry.stop()
    expect(await codeOf(open().assertNotRevoked('bad', '1.0.0'))).toBe('REVOKED')
  })

  it('never goes back to an older one', async () => {
    const old = registry.documents.get(list)!
    registry.revoke(entry)
    await open().current()
    registry.documents.set(list, old)
    expect(await codeOf(open().current())).toBe('ENVELOPE_INVALID')
  })

  it('takes the list of a bundle only where it knows nothing newer', async () => {
    const old = registry.documents.get(list)!
    registry.revoke(entry)
    const offline = createRevocationList(createPaths(folder), root, null)
    expect((await offline.current(old)).serial).toBe(1)
    expect((await offline.current(registry.documents.get(list)!)).serial).toBe(2)
    expect((await offline.current(old)).serial).toBe(2)
  })

  it('starts anew for newly pinned keys', async () => {
    await open().current()
    const other = generateSigningKey()
    const theirs = await startTinyRegistry(other)
    const client = createRegistryClient({ url: theirs.url })
    const moved = createRevocationList(createPaths(folder), toPublishKeys([other.publicKey]), client)
    expect((await moved.current()).serial).toBe(1)
    await theirs.stop()
  })

  it('replaces a damaged copy by a good list, never by an older one, and stops where there is none', async () => {
    const copy = join(folder, 'trust/revocations.dsse.json')
    const old = registry.documents.get(list)!
    registry.revoke(entry)
    const good = registry.documents.get(list)!
    await open().current()
    for (const damage of ['{', '']) {
      await writeFile(copy, damage)
      registry.documents.set(list, old)
      expect(await codeOf(open().current())).toBe('ENVELOPE_INVALID')
      const offline = createRevocationList(createPaths(folder), root, null)
      await expect(offline.current()).rejects.toMatchObject({
        code: 'STORE_DAMAGED',
        message: expect.stringContaining(join('trust', 'revocations.dsse.json')),
      })
      expect(await codeOf(offline.current(old))).toBe('STORE_DAMAGED')
      registry.documents.set(list, good)
      expect((await open().current()).serial).toBe(2)
      expect((await offline.current()).serial).toBe(2)
    }
    await writeFile(copy, old)
    expect(await codeOf(createRevocationList(createPaths(folder), root, null).current())).toBe(
      'STORE_DAMAGED',
    )
  })

  it('makes the number beside the list again where it is missing or damaged', async () => {
    registry.revoke(entry)
    await open().current()
    const highest = join(folder, 'trust/revocations.highest.json')
    const good = await readFile(highest, 'utf8')
    for (const damage of [() => rm(highest), () => writeFile(highest, '{')]) {
      await damage()
      await open().current()
      expect(await readFile(highest, 'utf8')).toBe(good)
    }
  })

  it('takes a registry that is out of service for one out of reach, and a forged list for an attack', async () => {
    const other = generateSigningKey()
    const theirs = await startTinyRegistry(other)
    const failing = (work: () => Promise<Uint8Array>) =>
      createRevocationList(createPaths(folder), root, { revocationsEnvelope: work })
    const answers = [
      () =>
        Promise.reject(new SkilletError('REGISTRY_REFUSED', 'The registry answered with an error (503).')),
      () => Promise.resolve(new Uint8Array(Buffer.from('<html>Sign in to this network</html>'))),
    ]
    for (const answer of answers) expect(await codeOf(failing(answer).current())).toBe('REGISTRY_UNREACHABLE')
    registry.revoke(entry)
    await open().current()
    for (const answer of answers)
      expect(await codeOf(failing(answer).assertNotRevoked('bad', '1.0.0'))).toBe('REVOKED')

    registry.documents.set(list, theirs.documents.get(list)!)
    expect(await codeOf(open().current())).toBe('SIGNER_UNTRUSTED')
    await theirs.stop()
  })
})
