import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directRoute } from '../../../../src/engine/registry-client/route.ts'
import { updatePayloadType } from '../../../../src/engine/updates/update-feed.ts'
import { createUpdater, type UpdaterOptions } from '../../../../src/engine/updates/updater.ts'
import type { ManagedPolicy } from '../../../../src/shared/managed-policy.ts'
import { encodeBase64 } from '../../../../src/trust/base64.ts'
import { sha256Hex } from '../../../../src/trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../../../src/trust/seal-envelope.ts'
import { generateSigningKey, publicKeyOf } from '../../../../src/trust/sign.ts'

const key = generateSigningKey()
const stranger = generateSigningKey()
const program = Buffer.from('the new program')

const list = (changes: object = {}) => ({
  schema: 1,
  product: 'skillet',
  platform: 'linux',
  arch: 'x64',
  version: '1.1.0',
  released: '2026-11-22T12:00:00Z',
  expires: '2026-12-22T12:00:00Z',
  notes: 'Faster.',
  staging: 100,
  packages: [{ kind: 'deb', name: 'skillet_1.1.0.deb', size: program.length, sha256: sha256Hex(program) }],
  ...changes,
})
const sealed = (value: object, secret = key.secretKey) =>
  Buffer.from(formatEnvelope(sealEnvelope(updatePayloadType, Buffer.from(JSON.stringify(value)), secret)))

let home: string
let server: Server
let files: Record<string, Buffer>
let asked: string[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-updates-'))
  files = { '/linux-x64.json': sealed(list()), '/skillet_1.1.0.deb': program }
  asked = []
  server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const file = files[path]
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.close()
  await rm(home, { recursive: true })
})

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const updater = (changes: Partial<UpdaterOptions> = {}, policy: ManagedPolicy | null = null) =>
  createUpdater({
    source: { feed: address(), keys: [encodeBase64(publicKeyOf(key.secretKey))] },
    current: '1.0.0',
    platform: 'linux',
    arch: 'x64',
    kind: 'deb',
    home,
    managed: async () => policy,
    route: async () => directRoute,
    now: () => Date.parse('2026-11-23T00:00:00Z'),
    ...changes,
  })

describe('an update that our key signed', () => {
  it('is offered with what changes, fetched, and handed on as it was signed', async () => {
    const ours = updater()
    expect((await ours.check(true)).offer).toMatchObject({
      version: '1.1.0',
      notes: 'Faster.',
      isDownloaded: false,
    })
    expect((await ours.download()).offer).toMatchObject({ isDownloaded: true })
    const { file } = await ours.downloaded()
    expect(await readFile(file)).toEqual(program)
  })

  it('is looked for again after a change on the disk', async () => {
    const ours = updater()
    await ours.check(false)
    await ours.download()
    const { file } = await ours.downloaded()
    await writeFile(file, 'another program')
    await expect(ours.downloaded()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await readdir(join(home, 'updates'))).toEqual([])
  })
})

it('whoever sends the notice away is told of the next version only', async () => {
  const ours = updater()
  expect((await ours.check(true)).offer).toMatchObject({ isDismissed: false })
  expect((await ours.dismiss()).offer).toMatchObject({ isDismissed: true })
  // The next start knows it too.
  expect((await updater().check(true)).offer).toMatchObject({ isDismissed: true })
  files['/linux-x64.json'] = sealed(list({ version: '1.2.0' }))
  expect((await updater().check(true)).offer).toMatchObject({ version: '1.2.0', isDismissed: false })
})

describe('what is refused', () => {
  it.each<[string, string, () => Buffer]>([
    ['a list without a signature', 'ENVELOPE_INVALID', () => Buffer.from(JSON.stringify(list()))],
    [
      'a list with an empty row of signatures',
      'ENVELOPE_INVALID',
      () =>
        Buffer.from(JSON.stringify({ ...(JSON.parse(String(sealed(list()))) as object), signatures: [] })),
    ],
    ["a stranger's list", 'SIGNER_UNTRUSTED', () => sealed(list(), stranger.secretKey)],
    [
      'a list that was altered',
      'SIGNATURE_INVALID',
      () => {
        const whole = JSON.parse(String(sealed(list()))) as { payload: string }
        whole.payload = encodeBase64(Buffer.from(JSON.stringify(list({ version: '9.0.0' }))))
        return Buffer.from(JSON.stringify(whole))
      },
    ],
    ['a list for another system', 'RELEASE_INVALID', () => sealed(list({ platform: 'win32' }))],
    [
      'a list that is out of date',
      'METADATA_EXPIRED',
      () => sealed(list({ expires: '2026-11-22T13:00:00Z' })),
    ],
    ['a list that never ends', 'RELEASE_INVALID', () => sealed(list({ expires: undefined }))],
    [
      'a path in a name',
      'RELEASE_INVALID',
      () => sealed(list({ packages: [{ ...list().packages[0], name: '../x' }] })),
    ],
  ])('%s', async (_, code, feed) => {
    files['/linux-x64.json'] = feed()
    const ours = updater()
    await expect(ours.check(false)).rejects.toMatchObject({ code })
    expect((await ours.state()).offer).toBeNull()
  })

  it('a package that is not what was signed, shorter or longer, leaves nothing', async () => {
    for (const other of ['the old program', 'short', 'the new program and more']) {
      files['/skillet_1.1.0.deb'] = Buffer.from(other)
      const ours = updater()
      await ours.check(false)
      await expect(ours.download()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
      expect(await readdir(join(home, 'updates'))).toEqual([])
    }
  })

  it('a list that is older than one seen before, and a version that is not newer is no offer', async () => {
    const ours = updater()
    await ours.check(false)
    files['/linux-x64.json'] = sealed(list({ version: '1.0.5' }))
    await expect(ours.check(false)).rejects.toMatchObject({ code: 'METADATA_ROLLBACK' })
    await rm(join(home, 'updates.json'))
    for (const version of ['1.0.0', '0.9.0']) {
      files['/linux-x64.json'] = sealed(list({ version }))
      expect((await updater({ home: await mkdtemp(join(home, 'other-')) }).check(false)).offer).toBeNull()
    }
  })
})

describe('whom it is offered to', () => {
  it('by itself only to the share of computers that it is meant for, and to whoever asks', async () => {
    files['/linux-x64.json'] = sealed(list({ staging: 30 }))
    let offered = 0
    for (let at = 0; at < 60; at += 1) {
      const one = await mkdtemp(join(home, 'one-'))
      const stagingId = `00000000-0000-4000-8000-0000000000${String(at).padStart(2, '0')}`
      await writeFile(join(one, 'updates.json'), JSON.stringify({ stagingId, seen: null }))
      if ((await updater({ home: one }).check(true)).offer !== null) offered += 1
    }
    expect(offered).toBeGreaterThan(10)
    expect(offered).toBeLessThan(26)
    expect((await updater().check(false)).offer).not.toBeNull()
  })

  it('as administrators say: only when asked, only one version, from their mirror', async () => {
    await updater({}, { updates: { mode: 'manual' } }).check(true)
    expect(asked).toEqual([])
    const pinned = (version: string) => updater({}, { updates: { mode: 'pinned', version } })
    expect((await pinned('1.0.7').check(false)).offer).toBeNull()
    expect((await pinned('1.1.0').check(false)).offer).not.toBeNull()
    const source = { feed: 'http://127.0.0.1:9', keys: [encodeBase64(publicKeyOf(key.secretKey))] }
    const mirrored = updater({ source }, { updates: { mode: 'automatic', mirror: address() } })
    expect((await mirrored.check(true)).offer).not.toBeNull()
  })

  it('nobody, without a request, where the build has no source of updates', async () => {
    expect((await updater({ source: null }).check(false)).isAvailable).toBe(false)
    expect(asked).toEqual([])
  })
})
