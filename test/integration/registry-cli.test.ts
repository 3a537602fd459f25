import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishKeysSchema, releasePath, signingKeysPath } from '../../src/shared/signed-targets.ts'
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
    expect(stolen.json).toMatchObject({ role: 'publish', compromised: true, signedAgain: [] })
    const first = publishKeysSchema
      .parse(JSON.parse(Buffer.from((await judge.read(signingKeysPath))!).toString('utf8')))
      .keys.at(-1)!
    expect(first.status).toBe('retired')
    const spaced = first.keyid.replace(/(.{4})(?=.)/g, '$1 ')
    const named = await onData('rotate-key', 'publish', '--compromised', '--key', spaced)
    expect(named.stdout).toContain('1 release was signed again')
    expect(named.stdout).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z +some-skill@1\.0\.0/)
    const later = await onData('rotate-key', 'publish', '--compromised', '--since', '2999-01-01', '--json')
    expect(later.json).toMatchObject({ delisted: [] })
    const earlier = await onData(
      'rotate-key',
      'publish',
      '--compromised',
      '--since',
      '2020-01-01T00:00:00+02:00',
    )
    expect(earlier.stdout).toMatch(/0 releases were signed again/)
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
    expect(await onData('rotate-key', 'publish', '--since', '2026-01-01')).toMatchObject({ status: 2 })
    for (const date of ['yesterday', '2026-02-31', '2026-01-01 12:00'])
      expect(await onData('rotate-key', 'publish', '--compromised', '--since', date)).toMatchObject({
        status: 2,
      })
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

it('skillet registry recover takes along computers that saw newer lists', async () => {
  const judge = await createJudge(test.registry.url, test.registry.trustRoot)
  const tuf = join(test.dataDir, 'tuf')
  await cp(tuf, join(test.dataDir, 'backup'), { recursive: true })
  const { id } = await test.admin.publish(await packSample({ slug: 'next-skill' }))
  await test.admin.approve(id, 'ok')
  await judge.refresh()
  await rm(tuf, { recursive: true })
  await cp(join(test.dataDir, 'backup'), tuf, { recursive: true })
  await expect(judge.refresh()).rejects.toThrow(/version/)
  expect(await onData('recover')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--offline-keys'),
  })
  const recovered = await onData('recover', '--offline-keys', join(test.dataDir, 'usb'))
  expect(recovered).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('The trust root is number 3'),
  })
  expect(await judge.read(releasePath('next-skill', '1.0.0'))).not.toBeNull()
  await judge.remove()
})

it('skillet registry revoke says what happens next', async () => {
  const words = ['--reason', 'It leaked keys.', '--registry', test.registry.url, '--api-key', test.adminKey]
  const revoked = await registry('revoke', 'next-skill', ...words)
  expect(revoked).toMatchObject({ status: 0, stdout: expect.stringContaining('at their next check') })
  expect(await test.catalog()).toEqual([])
})
