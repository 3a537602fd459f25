import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SecretDamage } from '../../../../../src/shared/contract/keys.ts'
import { cheapKeys, passphrase } from '../../../../support/vault.ts'
import { createVault } from '../../../../../src/engine/secrets/vault/vault.ts'

// Whoever can write to the file, but knows no passphrase. Each attack first succeeds against what people commonly do:
// each value encrypted by itself, under a key from the passphrase.

interface NaiveRecord {
  nonce: string
  data: string
  tag: string
}
type Naive = Record<string, NaiveRecord>

const naiveKey = scryptSync(passphrase, 'salt', 32, { N: 16 })
function naiveSet(file: Naive, name: string, value: string): Naive {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', naiveKey, nonce)
  const data = Buffer.concat([cipher.update(value), cipher.final()])
  const text = (bytes: Buffer) => bytes.toString('base64url')
  return { ...file, [name]: { nonce: text(nonce), data: text(data), tag: text(cipher.getAuthTag()) } }
}
function naiveGet(file: Naive, name: string): string | null {
  const record = file[name]
  if (record === undefined) return null
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', naiveKey, bytes(record.nonce)).setAuthTag(
    bytes(record.tag),
  )
  return Buffer.concat([decipher.update(bytes(record.data)), decipher.final()]).toString()
}

/** Of a vault's file: its lines, with the records parsed. */
interface Parts {
  head: string[]
  records: (NaiveRecord & { entry: string; key: string; version: number })[]
}
const partsOf = (text: string): Parts => {
  const lines = text.split('\n')
  return { head: lines.slice(0, 4), records: lines.slice(4, -1).map((line) => JSON.parse(line)) }
}
const textOf = ({ head, records }: Parts) =>
  [...head, ...records.map((record) => JSON.stringify(record)), ''].join('\n')

const passphraseKeys = cheapKeys()
let scratch: string
let folders = 0
let base: string
let text: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'skillet-attacks-'))
  base = join(scratch, 'base')
  const vault = createVault({ folder: base, passphraseKeys })
  await vault.create(passphrase)
  await vault.set('A_KEY', 'the value of a')
  await vault.set('B_KEY', 'the value of b')
  vault.lock()
  text = await readFile(join(base, 'keys.vault'), 'utf8')
})
afterAll(async () => {
  await passphraseKeys.close()
  await rm(scratch, { recursive: true, force: true })
})

/** A vault with that content, in a folder of its own. */
async function vaultOf(content: string) {
  const folder = join(scratch, `copy-${++folders}`)
  await mkdir(folder)
  await copyFile(join(base, 'seen.json'), join(folder, 'seen.json'))
  await writeFile(join(folder, 'keys.vault'), content, 'latin1')
  return { folder, vault: createVault({ folder, passphraseKeys }) }
}

interface Outcome {
  /** Why it doesn't open at all. */
  refused: string | null
  damaged: Record<string, SecretDamage>
  values: Record<string, string | null>
}
async function outcomeOf(content: string, word = passphrase): Promise<Outcome> {
  const { folder, vault } = await vaultOf(content)
  try {
    await vault.unlock(word)
    const damaged = Object.fromEntries((await vault.damaged()).map(({ entry, damage }) => [entry, damage]))
    const values: Outcome['values'] = {}
    for (const entry of ['A_KEY', 'B_KEY'])
      if (damaged[entry] === undefined) values[entry] = await vault.get(entry)
      else await expect(vault.get(entry)).rejects.toMatchObject({ code: 'VAULT_DAMAGED' })
    return { refused: null, damaged, values }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { refused: String(error.code), damaged: {}, values: {} }
  } finally {
    vault.lock()
    await rm(folder, { recursive: true })
  }
}

const right = { A_KEY: 'the value of a', B_KEY: 'the value of b' }

describe('what is told apart', () => {
  it('nothing was done to it', async () => {
    expect(await outcomeOf(text)).toEqual({ refused: null, damaged: {}, values: right })
  })

  it('a wrong passphrase', async () => {
    expect((await outcomeOf(text, 'another passphrase')).refused).toBe('VAULT_PASSPHRASE_WRONG')
  })

  it('two records with each other’s content', async () => {
    const naive = naiveSet(naiveSet({}, 'A_KEY', right.A_KEY), 'B_KEY', right.B_KEY)
    // The skill that may have A gets B.
    expect(naiveGet({ A_KEY: naive['B_KEY']!, B_KEY: naive['A_KEY']! }, 'A_KEY')).toBe(right.B_KEY)

    const { head, records } = partsOf(text)
    const [a, b] = records as [Parts['records'][0], Parts['records'][0]]
    const swapped = [
      { ...b, entry: a.entry },
      { ...a, entry: b.entry },
    ]
    expect(await outcomeOf(textOf({ head, records: swapped }))).toEqual({
      refused: null,
      damaged: { A_KEY: 'swapped', B_KEY: 'swapped' },
      values: {},
    })
    // Whoever also takes over the versions, or the listed tags, gets no further.
    const withVersions = swapped.map((record, index) => ({ ...record, version: records[index]!.version }))
    expect((await outcomeOf(textOf({ head, records: withVersions }))).damaged).toEqual({
      A_KEY: 'swapped',
      B_KEY: 'swapped',
    })
    const listed = head[2]!.replace(a.tag, '?').replace(b.tag, a.tag).replace('?', b.tag)
    expect(
      (
        await outcomeOf(
          textOf({ head: head.map((line, index) => (index === 2 ? listed : line)), records: withVersions }),
        )
      ).refused,
    ).toBe('VAULT_DAMAGED')
  })

  it('one record that was put back to what it was', async () => {
    const old = naiveSet({}, 'A_KEY', 'a stolen value')
    const naive = { ...naiveSet(old, 'A_KEY', 'its replacement'), A_KEY: old['A_KEY']! }
    expect(naiveGet(naive, 'A_KEY')).toBe('a stolen value')

    const { folder, vault } = await vaultOf(text)
    await vault.unlock(passphrase)
    await vault.set('A_KEY', 'its replacement')
    vault.lock()
    const now = partsOf(await readFile(join(folder, 'keys.vault'), 'utf8'))
    const records = now.records.map((record) =>
      record.entry === 'A_KEY' ? partsOf(text).records[0]! : record,
    )
    const put = textOf({ head: now.head, records })
    expect(await outcomeOf(put)).toMatchObject({
      damaged: { A_KEY: 'older' },
      values: { B_KEY: right.B_KEY },
    })

    // The whole file: to a process that has it open, and to the next one.
    await vault.unlock(passphrase)
    await writeFile(join(folder, 'keys.vault'), text)
    await expect(vault.get('A_KEY')).rejects.toMatchObject({ code: 'VAULT_OLDER' })
    vault.lock()
    await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: 'VAULT_OLDER' })
    // A person who put a backup there says so.
    await rm(join(folder, 'seen.json'))
    await vault.unlock(passphrase)
    expect(await vault.get('A_KEY')).toBe(right.A_KEY)
  })

  it('a record that was taken away', async () => {
    const naive = naiveSet(naiveSet({}, 'A_KEY', 'x'), 'B_KEY', 'y')
    expect(naiveGet({ B_KEY: naive['B_KEY']! }, 'A_KEY')).toBeNull()

    const { head, records } = partsOf(text)
    expect(await outcomeOf(textOf({ head, records: records.slice(1) }))).toEqual({
      refused: null,
      damaged: { A_KEY: 'missing' },
      values: { B_KEY: right.B_KEY },
    })
  })

  it('a header of before the passphrase was changed', async () => {
    const { folder, vault } = await vaultOf(text)
    await vault.rekey(passphrase, 'the new passphrase')
    vault.lock()
    const now = partsOf(await readFile(join(folder, 'keys.vault'), 'utf8'))
    const before = partsOf(text)
    const mixed = textOf({ ...now, head: [...before.head.slice(0, 2), ...now.head.slice(2)] })
    expect((await outcomeOf(mixed, passphrase)).refused).toBe('VAULT_DAMAGED')
    expect((await outcomeOf(mixed, 'the new passphrase')).refused).toBe('VAULT_PASSPHRASE_WRONG')
  })

  it('a cost that would compute for hours is an altered file, not a long wait', async () => {
    const { head, records } = partsOf(text)
    const header = head[0]!.replace(/"passes":1/, '"passes":100000')
    const sum = createHash('sha256').update(header).digest('base64url')
    expect((await outcomeOf(textOf({ head: [header, sum, ...head.slice(2)], records }))).refused).toBe(
      'VAULT_DAMAGED',
    )
  })

  it('cut short at any byte', async () => {
    const recordsAt = text.split('\n').slice(0, 4).join('\n').length + 1
    const bAt = text.lastIndexOf('{"entry":"B_KEY"')
    for (let size = 0; size < text.length; size++) {
      const { refused, damaged, values } = await outcomeOf(text.slice(0, size))
      if (size < recordsAt) expect(refused, `${size}`).toBe('VAULT_CUT_SHORT')
      else {
        expect(refused, `${size}`).toBeNull()
        expect(damaged, `${size}`).toEqual(
          size < bAt ? { A_KEY: 'missing', B_KEY: 'missing' } : { B_KEY: 'missing' },
        )
        if (size >= bAt) expect(values).toEqual({ A_KEY: right.A_KEY })
      }
    }
  })

  it('altered at any byte', async () => {
    const ends = new Map<string, number>()
    for (let at = 0; at < text.length; at++) {
      const bytes = Buffer.from(text, 'latin1')
      bytes[at]! ^= 1 << (at % 8)
      const { refused, damaged, values } = await outcomeOf(bytes.toString('latin1'))
      const end = refused ?? Object.values(damaged).sort().join()
      ends.set(end, (ends.get(end) ?? 0) + 1)
      expect(refused === 'VAULT_DAMAGED' || Object.keys(damaged).length > 0, `${at}: ${end}`).toBe(true)
      // What is not said to be damaged is what was stored.
      for (const [entry, value] of Object.entries(values))
        expect(value, `${at}`).toBe(right[entry as keyof typeof right])
    }
    // The line break at its end makes the last record an unfinished one; all else is said to be altered.
    expect(Object.fromEntries(ends)).toEqual({
      VAULT_DAMAGED: text.split('\n').slice(0, 4).join('\n').length + 1,
      altered: expect.any(Number) as number,
      'altered,altered': 1,
      missing: 1,
    })
  })
})

describe('with a damaged record', () => {
  it('the others are read and changed, what is left of the file is kept, and the entry can be set again', async () => {
    const { head, records } = partsOf(text)
    const { data } = records[0]!
    const bad = { ...records[0]!, data: `${data.startsWith('A') ? 'B' : 'A'}${data.slice(1)}` }
    const damagedText = textOf({ head, records: [bad, records[1]!] })
    const { folder, vault } = await vaultOf(damagedText)
    await vault.unlock(passphrase)
    expect(await vault.find(['A_KEY', 'B_KEY'])).toEqual(new Map([['B_KEY', right.B_KEY]]))
    await vault.set('C_KEY', 'a third')
    expect(await vault.damaged()).toEqual([{ entry: 'A_KEY', damage: 'altered' }])
    const kept = (await readdir(folder)).find((name) => name.startsWith('damaged-'))!
    expect(await readFile(join(folder, kept), 'utf8')).toBe(damagedText)
    // Its own line is still in the file too.
    expect(await readFile(join(folder, 'keys.vault'), 'utf8')).toContain(JSON.stringify(bad))
    // It couldn't be taken along.
    await expect(vault.rekey(passphrase, 'the new passphrase')).rejects.toMatchObject({
      code: 'VAULT_DAMAGED',
    })
    await expect(vault.all()).rejects.toMatchObject({ code: 'VAULT_DAMAGED' })
    await vault.set('A_KEY', 'entered again')
    expect(await vault.damaged()).toEqual([])
    expect(await vault.all()).toEqual(
      new Map([
        ['A_KEY', 'entered again'],
        ['B_KEY', right.B_KEY],
        ['C_KEY', 'a third'],
      ]),
    )
    vault.lock()
  })
})
