import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createPassphraseKeys } from '../src/engine/secrets/vault/passphrase.ts'
import { keysOf, unwrapVaultKey } from '../src/engine/secrets/vault/crypt.ts'
import { formatVault, parseVault, type VaultRecord } from '../src/engine/secrets/vault/format.ts'
import { judgeVault } from '../src/engine/secrets/vault/judge.ts'
import { createVaultFile } from '../src/engine/secrets/vault/vault-file.ts'
import { createVault } from '../src/engine/secrets/vault/vault.ts'
import { median } from './support/rounds.ts'

// What the vault costs: its passphrase (Argon2id as tuned here, beside Node's own scrypt with as much memory), opening
// 1,000 keys once the passphrase is known, and one read, beside AES-256-GCM alone over the same values.
// npx vitest run --project bench bench/vault.bench.ts

const many = 1000
const passphrase = 'correct horse battery staple'

test('the passphrase', async () => {
  const keys = createPassphraseKeys()
  const kdf = await keys.newKdf()
  const times = { ours: [] as number[], scrypt: [] as number[] }
  for (let round = 0; round < 7; round++) {
    let from = performance.now()
    await keys.derive(passphrase, kdf)
    times.ours.push(performance.now() - from)
    from = performance.now()
    // 128 · N · r bytes: as much memory as Argon2id gets.
    scryptSync(passphrase, randomBytes(16), 32, { N: kdf.memoryKib, r: 8, p: 1, maxmem: 2 ** 30 })
    times.scrypt.push(performance.now() - from)
  }
  await keys.close()
  console.table([
    {
      what: `Argon2id, ${kdf.memoryKib / 1024} MiB, ${kdf.passes} passes`,
      median: ms(times.ours),
      least: `${Math.min(...times.ours).toFixed(0)} ms`,
      bar: '≥ 250 ms',
    },
    {
      what: "Node's scrypt, as much memory",
      median: ms(times.scrypt),
      least: `${Math.min(...times.scrypt).toFixed(0)} ms`,
      bar: '',
    },
  ])
})

test('opening and reading', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-bench-vault-'))
  const passphraseKeys = createPassphraseKeys({ fixed: { memoryKib: 8, passes: 1 } })
  const vault = createVault({ folder, passphraseKeys })
  try {
    await vault.create(passphrase)
    const values = Array.from({ length: many }, () => randomBytes(30).toString('base64url'))
    const text = await filled(folder, values)
    await vault.unlock(passphrase)
    const file = join(folder, 'keys.vault')
    const parsed = parseVault(text.whole, file)
    const key = randomBytes(32)
    const raw = values.map((value) => sealRaw(key, value))
    const times: Record<string, number[]> = { open: [], 'open, floor': [], read: [], 'read, floor': [] }
    for (let round = 0; round < 31; round++) {
      const open = async () => {
        const keys = keysOf(parsed.header.vault, parsed.header.key.id, text.vaultKey)
        const read = await readFile(file, 'latin1')
        expect(judgeVault(parseVault(read, file), keys, file).entries.size).toBe(many)
      }
      const floor = async () => {
        await readFile(file, 'latin1')
        for (const one of raw) openRaw(key, one)
      }
      for (const [what, work] of round % 2
        ? ([
            ['open', open],
            ['open, floor', floor],
          ] as const)
        : ([
            ['open, floor', floor],
            ['open', open],
          ] as const)) {
        const from = performance.now()
        await work()
        times[what]!.push(performance.now() - from)
      }
      const reads = 200
      let from = performance.now()
      for (let index = 0; index < reads; index++) await vault.get(`KEY_${(index * 7) % many}`)
      times['read']!.push((performance.now() - from) / reads)
      from = performance.now()
      for (let index = 0; index < reads; index++) openRaw(key, raw[(index * 7) % many]!)
      times['read, floor']!.push((performance.now() - from) / reads)
    }
    expect(await vault.get('KEY_7')).toBe(values[7])
    const row = (what: string, bar: string) => {
      const [ours, floor] = [median(times[what]!), median(times[`${what}, floor`]!)]
      return {
        what,
        ours: `${ours.toFixed(3)} ms`,
        'AES-GCM alone': `${floor.toFixed(3)} ms`,
        times: (ours / floor).toFixed(1),
        bar,
      }
    }
    console.table([row('open', '≤ 50 ms'), row('read', '≤ 0.2 ms')])
  } finally {
    await vault.close()
    rmSync(folder, { recursive: true })
  }
})

const ms = (times: number[]) => `${median(times).toFixed(0)} ms`

/** The vault with all values in one write, and its key. */
async function filled(folder: string, values: string[]) {
  const file = createVaultFile(folder)
  const { text } = await file.read()
  const { header } = parseVault(text, file.path)
  const passphraseKeys = createPassphraseKeys({ fixed: { memoryKib: 8, passes: 1 } })
  const vaultKey = unwrapVaultKey(await passphraseKeys.derive(passphrase, header.kdf), header)!
  await passphraseKeys.close()
  const keys = keysOf(header.vault, header.key.id, vaultKey)
  const records = values.map((value, index): VaultRecord => keys.seal(`KEY_${index}`, 2, value))
  const entries = records.map(({ entry, version, tag }) => ({ entry, version, tag }))
  const whole = formatVault(
    header,
    { generation: 2, entries },
    keys.macOf,
    records.map((record) => JSON.stringify(record)),
  )
  await file.write(whole, header.vault, 2)
  return { whole, vaultKey }
}

interface Raw {
  nonce: Buffer
  data: Buffer
  tag: Buffer
}
function sealRaw(key: Buffer, value: string): Raw {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const data = Buffer.concat([cipher.update(value), cipher.final()])
  return { nonce, data, tag: cipher.getAuthTag() }
}
function openRaw(key: Buffer, { nonce, data, tag }: Raw): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag)
  return Buffer.concat([decipher.update(data), decipher.final()]).toString()
}
