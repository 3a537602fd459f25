import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Vault } from '../../../../../src/engine/secrets/vault/vault.ts'
import { cheapVault, passphrase } from '../../../../support/vault.ts'

const code = (name: string) => ({ code: name })

describe('createVault', () => {
  let scratch: string
  let folders = 0
  const open: Vault[] = []
  const vaultIn = (folder: string, idleMs?: number): Vault => {
    const vault = cheapVault(folder, idleMs)
    open.push(vault)
    return vault
  }
  const freshFolder = () => join(scratch, `vault-${++folders}`)
  async function made(values: Record<string, string> = {}): Promise<{ folder: string; vault: Vault }> {
    const folder = freshFolder()
    const vault = vaultIn(folder)
    await vault.create(passphrase)
    for (const [entry, value] of Object.entries(values)) await vault.set(entry, value)
    return { folder, vault }
  }

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'skillet-vault-'))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((vault) => vault.close()))
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  it('keeps, replaces, finds and removes keys, for the next process too, and shows none of them in its file', async () => {
    const { folder, vault } = await made({
      ONE_KEY: 'first value',
      'ONE_KEY@translate': 'ünïcode\nsecond line',
    })
    await vault.set('ONE_KEY', 'replaced value')
    const text = await readFile(join(folder, 'keys.vault'), 'utf8')
    for (const value of ['first value', 'replaced value', 'second line', passphrase])
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const)
        expect(text).not.toContain(Buffer.from(value).toString(encoding).replace(/=+$/, ''))

    const other = vaultIn(folder)
    await other.unlock(passphrase)
    expect(await other.find(['ONE_KEY', 'ONE_KEY@translate', 'NO_KEY'])).toEqual(
      new Map([
        ['ONE_KEY', 'replaced value'],
        ['ONE_KEY@translate', 'ünïcode\nsecond line'],
      ]),
    )
    expect(await other.remove('ONE_KEY')).toBe(true)
    expect(await other.remove('ONE_KEY')).toBe(false)
    // The first process hears of it although it was told nothing.
    expect(await vault.get('ONE_KEY')).toBeNull()
    expect((await readdir(folder)).sort()).toEqual(['keys.vault', 'seen.json'])
  })

  it('gives nothing while it is locked, and nothing to another passphrase', async () => {
    const { folder, vault } = await made({ ONE_KEY: 'value' })
    vault.lock()
    expect(vault.locked()).toBe(true)
    for (const call of [
      () => vault.get('ONE_KEY'),
      () => vault.find(['ONE_KEY']),
      () => vault.set('ONE_KEY', 'x'),
      () => vault.remove('ONE_KEY'),
      () => vault.all(),
    ])
      await expect(call()).rejects.toMatchObject(code('VAULT_LOCKED'))
    expect(await vault.state()).toMatchObject({ available: false })
    await expect(vaultIn(folder).unlock(`${passphrase}!`)).rejects.toMatchObject(
      code('VAULT_PASSPHRASE_WRONG'),
    )
    // However it was typed: é as one character or as two.
    const accented = freshFolder()
    await vaultIn(accented).create('caf\u00e9 caf\u00e9 caf\u00e9')
    await vaultIn(accented).unlock('cafe\u0301 cafe\u0301 cafe\u0301')
  })

  it.each(['short', '         x', 'aaaaaaaaaaaaaaaa', 'ababababababab'])(
    'takes no passphrase like %j',
    async (bad) => {
      await expect(vaultIn(freshFolder()).create(bad)).rejects.toMatchObject(code('INPUT_INVALID'))
      const { vault } = await made()
      await expect(vault.rekey(passphrase, bad)).rejects.toMatchObject(code('INPUT_INVALID'))
    },
  )

  it('is made once, whoever is first', async () => {
    const folder = freshFolder()
    const ends = await Promise.allSettled([1, 2, 3].map(() => vaultIn(folder).create(passphrase)))
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    await expect(vaultIn(folder).create(passphrase)).rejects.toMatchObject(code('INPUT_INVALID'))
  })

  it('makes whoever guesses wait, longer each time, also where many try at once', async () => {
    const { folder } = await made()
    const vault = vaultIn(folder)
    const wrong = () =>
      vault.unlock('not the passphrase').then(String, (error: { code: string }) => error.code)
    expect(await Promise.all(Array.from({ length: 6 }, wrong))).toEqual([
      ...Array.from({ length: 3 }, () => 'VAULT_PASSPHRASE_WRONG'),
      ...Array.from({ length: 3 }, () => 'RATE_LIMITED'),
    ])
    // The right one has to wait as well, or the wait would tell nothing.
    await expect(vault.unlock(passphrase)).rejects.toMatchObject(code('RATE_LIMITED'))
    await expect(vault.rekey(passphrase, passphrase)).rejects.toMatchObject(code('RATE_LIMITED'))
  })

  it('locks itself when it isn’t used, and each use puts that off', async () => {
    const { folder } = await made({ ONE_KEY: 'value' })
    const vault = vaultIn(folder, 60_000)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const unlocking = vault.unlock(passphrase)
      await unlocking
      vi.advanceTimersByTime(59_000)
      expect(await vault.get('ONE_KEY')).toBe('value')
      vi.advanceTimersByTime(59_000)
      expect(vault.locked()).toBe(false)
      vi.advanceTimersByTime(1000)
      expect(vault.locked()).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  it('locked while it writes, it finishes that and stays locked', async () => {
    const { folder, vault } = await made({ ONE_KEY: 'value' })
    const writing = vault.set('TWO_KEY', 'other value')
    const locking = new Promise<void>((resolve) =>
      setImmediate(() => {
        vault.lock()
        resolve()
      }),
    )
    await Promise.all([writing.catch(() => undefined), locking])
    expect(vault.locked()).toBe(true)
    const next = vaultIn(folder)
    await next.unlock(passphrase)
    expect(await next.damaged()).toEqual([])
    expect(await next.get('ONE_KEY')).toBe('value')
  })

  it('gets a new passphrase and a new key together, and whoever had the old ones has nothing', async () => {
    const { folder, vault } = await made({ ONE_KEY: 'value', TWO_KEY: 'other' })
    const beside = vaultIn(folder)
    await beside.unlock(passphrase)
    const before = await readFile(join(folder, 'keys.vault'), 'utf8')
    await expect(vault.rekey('not the passphrase', 'the new passphrase')).rejects.toMatchObject(
      code('VAULT_PASSPHRASE_WRONG'),
    )
    expect(await readFile(join(folder, 'keys.vault'), 'utf8')).toBe(before)
    await vault.rekey(passphrase, 'the new passphrase')
    expect(await vault.get('ONE_KEY')).toBe('value')
    const keyOf = (text: string) => (JSON.parse(text.split('\n')[0]!) as { key: { id: string } }).key.id
    const after = await readFile(join(folder, 'keys.vault'), 'utf8')
    expect(keyOf(after)).not.toBe(keyOf(before))
    // Not one ciphertext is the old one.
    const dataOf = (text: string) =>
      text
        .split('\n')
        .slice(4, -1)
        .map((line) => (JSON.parse(line) as { data: string }).data)
    expect(dataOf(after).filter((data) => dataOf(before).includes(data))).toEqual([])

    await expect(beside.get('ONE_KEY')).rejects.toMatchObject(code('VAULT_LOCKED'))
    await expect(beside.unlock(passphrase)).rejects.toMatchObject(code('VAULT_PASSPHRASE_WRONG'))
    await beside.unlock('the new passphrase')
    expect(await beside.all()).toEqual(
      new Map([
        ['ONE_KEY', 'value'],
        ['TWO_KEY', 'other'],
      ]),
    )
  })

  it('two processes that write at once lose nothing', async () => {
    const { folder, vault } = await made()
    const other = vaultIn(folder)
    await other.unlock(passphrase)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? vault : other).set(`KEY_${index}`, `value ${index}`),
      ),
    )
    expect((await vault.all()).size).toBe(20)
    expect(await other.all()).toEqual(await vault.all())
  })

  it('says that it is gone, and doesn’t pass for one that never was', async () => {
    const { folder, vault } = await made({ ONE_KEY: 'value' })
    await rm(join(folder, 'keys.vault'))
    expect(vault.exists()).toBe(true)
    await expect(vault.get('ONE_KEY')).rejects.toMatchObject(code('VAULT_DAMAGED'))
    await expect(vaultIn(folder).create(passphrase)).rejects.toMatchObject(code('INPUT_INVALID'))
    await vault.discard()
    expect(vault.exists()).toBe(false)
  })
})
