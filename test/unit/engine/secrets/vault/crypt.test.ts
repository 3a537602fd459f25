import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { keysOf } from '../../../../../src/engine/secrets/vault/crypt.ts'
import { cheapVault, passphrase } from '../../../../support/vault.ts'

afterEach(() => vi.restoreAllMocks())

/** The keys that are zeroed from now on, as they are afterwards. */
function zeroed() {
  const fill = vi.spyOn(Buffer.prototype, 'fill')
  return () => (fill.mock.contexts as Buffer[]).filter(({ length }) => length === 32)
}

it('closed keys are zeroed, and refuse whoever uses them after that', () => {
  const keys = keysOf(randomBytes(16).toString('base64url'), 'one', randomBytes(32))
  const record = keys.seal('ONE_KEY', 1, 'a value')
  expect(keys.open(record, { entry: 'ONE_KEY', version: 1 })?.toString()).toBe('a value')
  const gone = zeroed()
  keys.close()
  expect(gone()).toEqual([Buffer.alloc(32), Buffer.alloc(32)])
  for (const use of [
    () => keys.seal('ONE_KEY', 2, 'a value'),
    () => keys.open(record, { entry: 'ONE_KEY', version: 1 }),
    () => keys.macOf('lines'),
  ])
    expect(use).toThrow('The keys of the vault were closed.')
})

it('locking a vault closes its keys', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-vault-keys-'))
  const vault = cheapVault(folder)
  await vault.create(passphrase)
  const gone = zeroed()
  vault.lock()
  expect(gone()).toEqual([Buffer.alloc(32), Buffer.alloc(32)])
  await vault.close()
  await rm(folder, { recursive: true })
})
