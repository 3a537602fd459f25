import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAccess, type Access } from '../../src/bridge/access/access.ts'
import { takeHostLock } from '../../src/bridge/host-lock.ts'
import { createBridgeHost, type BridgeHost } from '../../src/main/bridge-host.ts'
import type { EngineSource } from '../../src/main/engine-source.ts'
import type { ManagedPolicy } from '../../src/shared/managed-policy.ts'
import { ask } from '../support/bridge.ts'

let home: string
let policy: () => ManagedPolicy | null
let access: Access
let host: BridgeHost
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-host-'))
  policy = () => null
  const unused = async () => Promise.reject(new Error('Nobody asks for the engine.'))
  const managed = async () => policy()
  access = createAccess({ home, engine: unused, managed, log: () => undefined })
  host = createBridgeHost({
    home,
    version: '1.0.0',
    engine: { get: unused } as unknown as EngineSource,
    access: async () => access,
    managed,
    log: () => undefined,
    lookEveryMs: 20,
  })
})
afterEach(async () => {
  await host.stop()
  await access.close()
  await rm(home, { recursive: true, force: true })
})

const closed = { schema: 1, bridge: { enabled: false } } as unknown as ManagedPolicy
const answers = (url: string) =>
  ask({ port: Number(new URL(url).port) }, `/v1/hello?challenge=${'x'.repeat(43)}`).then(
    ({ status }) => status,
    ({ code }: NodeJS.ErrnoException) => code,
  )

test('what administrators forbid while it is open is closed, and opened again once they allow it', async () => {
  const { url } = await host.start()
  expect(await answers(url!)).toBe(200)
  policy = () => closed
  await expect.poll(() => answers(url!)).toBe('ECONNREFUSED')
  expect(await host.status()).toMatchObject({ isOpen: false, isForbidden: true, url: null })
  policy = () => null
  await expect.poll(async () => (await host.status()).isOpen).toBe(true)
  expect(await answers((await host.status()).url!)).toBe(200)
})

test('a policy that can’t be read closes it', async () => {
  const { url } = await host.start()
  policy = () => {
    throw new Error('cut off')
  }
  await expect.poll(() => answers(url!)).toBe('ECONNREFUSED')
  expect(await host.status()).toMatchObject({ isOpen: false, isForbidden: true })
})

test('what the person closes stays closed', async () => {
  const { url } = await host.start()
  expect(await host.set(false)).toMatchObject({ isOpen: false, isWanted: false })
  expect(await answers(url!)).toBe('ECONNREFUSED')
  policy = () => closed
  await expect.poll(async () => (await host.status()).isForbidden).toBe(true)
  policy = () => null
  await expect.poll(async () => (await host.status()).isForbidden).toBe(false)
  expect(await host.start()).toMatchObject({ isOpen: false, isWanted: false })
})

test('while the app is open nobody else takes its place, and is told who has it', async () => {
  await host.start()
  await expect(takeHostLock(home)).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining(`The Skillet app (process ${process.pid})`) as string,
  })
})
