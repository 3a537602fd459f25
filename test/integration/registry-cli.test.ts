import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishKeysSchema, signingKeysPath } from '../../src/shared/signed-targets.ts'
import { runCliWith } from '../support/cli-run.ts'
import { createJudge } from '../support/registry-judge.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

let test: TestRegistry
beforeAll(async () => {
  test = await startTestRegistry()
  const { id } = await test.admin.publish(await packSample({ slug: 'some-skill' }))
  await test.admin.approve(id, 'ok')
})
afterAll(() => test.remove())
const registry = (...words: string[]) => runCliWith(['registry', ...words], {})
const onData = (...words: string[]) => registry(...words, '--data', test.dataDir)

describe('skillet registry rotate-key', () => {
  it('replaces keys of a registry that runs, and says what follows', async () => {
    const judge = await createJudge(test.registry.url, test.registry.trustRoot)
    const plain = await onData('rotate-key', 'publish')
    expect(plain).toMatchObject({ status: 0, stderr: '' })
    expect(plain.stdout).toContain('stands for what it signed until now')
    const stolen = await onData('rotate-key', 'publish', '--compromised', '--json')
    expect(stolen.json).toMatchObject({ role: 'publish', compromised: true, resigned: 0 })
    const first = publishKeysSchema
      .parse(JSON.parse(Buffer.from((await judge.read(signingKeysPath))!).toString('utf8')))
      .keys.at(-1)!
    expect(first.status).toBe('retired')
    const spaced = first.keyid.replace(/(.{4})(?=.)/g, '$1 ')
    const named = await onData('rotate-key', 'publish', '--compromised', '--key', spaced)
    expect(named.stdout).toContain('1 release was signed again')
    const root = await onData('rotate-key', 'root', '--key', 'root-2', '--json')
    expect(root.json).toMatchObject({ role: 'root', rootVersion: 2, trustRoot: test.registry.trustRoot })
    await judge.refresh()
    expect(await judge.version('root')).toBe(2)
    await judge.remove()
  })

  it('says what is wrong before it does anything', async () => {
    expect(await onData('rotate-key', 'tarballs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('publish, timestamp, snapshot, registry, releases, targets, root'),
    })
    expect(await onData('rotate-key', 'snapshot', '--key', 'root-1')).toMatchObject({ status: 2 })
    expect(await onData('rotate-key', 'publish', '--key', 'root-1')).toMatchObject({ status: 2 })
    expect(await registry('rotate-key', 'root', '--data', join(test.dataDir, 'objects'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    })
    const nowhere = join(test.dataDir, 'nothing-here')
    expect(await onData('rotate-key', 'root', '--offline-keys', nowhere)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/NOT_FOUND: This needs 2 of the 3 root keys[\s\S]*--offline-keys/),
    })
  })
})

it('skillet registry renew signs for another year, with keys from anywhere', async () => {
  const offline = join(test.dataDir, 'keys/offline')
  const elsewhere = join(test.dataDir, 'usb')
  await cp(offline, elsewhere, { recursive: true })
  await rm(offline, { recursive: true })
  expect((await onData('renew')).status).toBe(1)
  const renewed = await onData('renew', '--offline-keys', elsewhere, '--json')
  expect(renewed.json).toMatchObject({ rootVersion: 3, rootExpires: expect.any(String) })
  const { targetsExpires } = renewed.json as { targetsExpires: string }
  expect(Date.parse(targetsExpires)).toBeGreaterThan(Date.now() + 364 * 86_400_000)
})

it('skillet registry revoke says what happens next', async () => {
  const words = ['--reason', 'It leaked keys.', '--registry', test.registry.url, '--api-key', test.adminKey]
  const revoked = await registry('revoke', 'some-skill', ...words)
  expect(revoked).toMatchObject({ status: 0, stdout: expect.stringContaining('at their next check') })
  expect(await test.catalog()).toEqual([])
})
