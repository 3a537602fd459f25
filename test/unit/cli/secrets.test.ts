import { openSync, writeFileSync, mkdtempSync, rmSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Keys } from '../../../src/engine/secrets/keys.ts'
import type { SecretRef } from '../../../src/shared/contract/keys.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { keyPlaceOf, noKeychain } from '../../support/renderer/key-place.ts'

const keys = (given: Partial<Keys> = {}) => ({
  keys: async (): Promise<Keys> => ({ place: keyPlaceOf(), secrets: [], wanted: [], ...given }),
})
const without = keys({ place: noKeychain('No keychain answers.', 'Install one.') })

describe('secrets list', () => {
  it('without a keychain prints exactly one document under --json and exits 5', async () => {
    const result = await runCliWith(['secrets', 'list', '--json'], without)
    expect(result.status).toBe(5)
    expect(result.json).toMatchObject({ place: { usable: false }, secrets: [], wanted: [] })
    expect(result.stderr).toBe('')
  })

  it('without a keychain tells a person what to do, and what else there is', async () => {
    const result = await runCliWith(['secrets', 'list'], without)
    expect(result.status).toBe(5)
    expect(result.stderr).toBe(
      'KEYCHAIN_UNAVAILABLE: No keychain answers.\nInstall one.\nOr keep keys in a file that a passphrase protects: skillet secrets protect\n',
    )
    expect(result.stdout).toBe('')
  })

  it('says whose a key is, which nobody uses any more, and which are damaged', async () => {
    const one = { lastFour: '8f3a', lastUsedAt: '2026-03-01T10:00:00.000Z' }
    const result = await runCliWith(
      ['secrets', 'list'],
      keys({
        place: keyPlaceOf({ kind: 'vault', damaged: [{ name: 'BAD_KEY', skill: null, damage: 'swapped' }] }),
        secrets: [
          { ...one, name: 'A_KEY', skill: null, usedBy: [{ slug: 'a', title: 'A', hosts: ['a.example'] }] },
          { ...one, name: 'B_KEY', skill: 'gone', lastFour: '', lastUsedAt: null, usedBy: [] },
        ],
      }),
    )
    expect(result.stdout).toMatch(/^A_KEY +…8f3a +a \(a\.example\) +last used 2026-03-01$/m)
    expect(result.stdout).toMatch(/^B_KEY of gone +no installed skill uses it +not used yet$/m)
    expect(result.stdout).toMatch(/^BAD_KEY +damaged in the file \(swapped\)/m)
    expect(result.status).toBe(4)
  })
})

describe('secrets set', () => {
  const two = keys({
    wanted: [
      { name: 'API_KEY', title: 'Key', slug: 'one' },
      { name: 'API_KEY', title: 'Key', slug: 'two' },
      { name: 'OTHER_KEY', title: 'Key', slug: 'one' },
    ],
  })
  const storing = () => {
    const stored: [SecretRef, string][] = []
    return { stored, setSecret: async (ref: SecretRef, value: string) => void stored.push([ref, value]) }
  }

  it('asks whom it is for where two skills want a key of that name', async () => {
    const { stored, setSecret } = storing()
    await runCliWith(
      ['secrets', 'set', 'API_KEY'],
      { ...two, setSecret },
      { tty: true, stdin: 'n\nn\ny\nvalue' },
    )
    await runCliWith(['secrets', 'set', 'API_KEY'], { ...two, setSecret }, { tty: true, stdin: 'y\nvalue' })
    expect(stored).toEqual([
      [{ name: 'API_KEY', skill: 'two' }, 'value'],
      [{ name: 'API_KEY', skill: null }, 'value'],
    ])
  })

  it('asks nothing where one wants it, where it is said, or where nobody is there', async () => {
    const { stored, setSecret } = storing()
    await runCliWith(['secrets', 'set', 'OTHER_KEY'], { ...two, setSecret }, { tty: true, stdin: 'value' })
    await runCliWith(
      ['secrets', 'set', 'API_KEY', '--skill', 'two'],
      { setSecret },
      { tty: true, stdin: 'value' },
    )
    await runCliWith(['secrets', 'set', 'API_KEY'], { setSecret }, { stdin: 'value' })
    expect(stored.map(([ref]) => ref)).toEqual([
      { name: 'OTHER_KEY', skill: null },
      { name: 'API_KEY', skill: 'two' },
      { name: 'API_KEY', skill: null },
    ])
  })
})

describe('secrets rotate', () => {
  function storeOf(names: string[]) {
    const stored: unknown[] = []
    const engine = {
      testSecret: async ({ name }: SecretRef) => {
        if (!names.includes(name)) throw new SkilletError('NOT_FOUND', `There is no key called ${name}.`)
      },
      setSecret: async ({ name }: SecretRef, value: string) => void stored.push([name, value]),
    }
    return { stored, engine }
  }

  it('replaces a stored value with that of standard input, and never shows it', async () => {
    const { stored, engine } = storeOf(['EXAMPLE_API_KEY'])
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY', '--json'], engine, {
      stdin: 'new value\n',
    })
    expect(result.status).toBe(0)
    expect(result.json).toEqual({ name: 'EXAMPLE_API_KEY', skill: null })
    expect(stored).toEqual([['EXAMPLE_API_KEY', 'new value']])
    expect(result.stdout + result.stderr).not.toContain('new value')
  })

  it('stores nothing under a name that has no value yet', async () => {
    const { stored, engine } = storeOf(['OTHER_API_KEY'])
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY'], engine, { stdin: 'v' })
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/^NOT_FOUND: /)
    expect(stored).toEqual([])
  })

  it('keeps the old value when the new one is empty or the name is none', async () => {
    const { stored, engine } = storeOf(['EXAMPLE_API_KEY'])
    const empty = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY'], engine)
    expect(empty.status).toBe(2)
    expect(empty.stderr).toMatch(/^INPUT_INVALID: [^]*secrets rotate EXAMPLE_API_KEY/)
    expect((await runCliWith(['secrets', 'rotate', 'lower'], engine, { stdin: 'v' })).status).toBe(2)
    expect(stored).toEqual([])
  })

  it('exits 5 without a keychain', async () => {
    const testSecret = () => Promise.reject(new SkilletError('KEYCHAIN_UNAVAILABLE', 'No keychain answers.'))
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY', '--json'], { testSecret })
    expect(result.status).toBe(5)
    expect(result.json).toMatchObject({ error: { code: 'KEYCHAIN_UNAVAILABLE' } })
  })
})

describe('a passphrase', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-fd-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  async function withFd<T>(text: string, work: (fd: string) => Promise<T>): Promise<T> {
    const file = join(folder, 'lines')
    writeFileSync(file, text)
    const fd = openSync(file, 'r')
    try {
      return await work(String(fd))
    } finally {
      closeSync(fd)
    }
  }

  it('is read from a descriptor, a line each, and shown nowhere', async () => {
    const heard: unknown[] = []
    const rekeyVault = async (...given: string[]) => void heard.push(given)
    const result = await withFd('the old one\nthe new one\n', (fd) =>
      runCliWith(['secrets', 'passphrase', '--passphrase-fd', fd], { rekeyVault }),
    )
    expect(result.status, result.stderr).toBe(0)
    expect(heard).toEqual([['the old one', 'the new one']])
    expect(result.stdout + result.stderr).not.toMatch(/the (old|new) one/)
    const short = await withFd('the old one\n', (fd) =>
      runCliWith(['secrets', 'passphrase', '--passphrase-fd', fd], { rekeyVault }),
    )
    expect(short.status).toBe(2)
    expect(heard).toHaveLength(1)
  })

  it('opens the keys for a list of them, from a descriptor or at a terminal; otherwise they stay locked', async () => {
    const given: string[] = []
    let place = keyPlaceOf({ kind: 'vault', usable: false, locked: true, problem: 'Your keys are locked.' })
    const locked = {
      keys: async () => ({ place, secrets: [], wanted: [] }),
      unlockKeys: async (passphrase: string) => {
        given.push(passphrase)
        place = keyPlaceOf({ kind: 'vault' })
      },
    }
    const shut = place
    const nobody = await runCliWith(['secrets', 'list'], locked, { stdin: 'the passphrase\n' })
    expect(nobody.stderr).toMatch(/^VAULT_LOCKED: /)
    expect(nobody.status).toBe(3)
    const byFd = await withFd('the passphrase\n', (fd) =>
      runCliWith(['secrets', 'list', '--passphrase-fd', fd], locked),
    )
    expect(byFd.status, byFd.stderr).toBe(0)
    place = shut
    const typed = await runCliWith(['secrets', 'list'], locked, { tty: true, stdin: 'typed one' })
    expect(typed.status, typed.stderr).toBe(0)
    expect(given).toEqual(['the passphrase', 'typed one'])
    expect(byFd.stdout + byFd.stderr + typed.stdout + typed.stderr).not.toMatch(/the passphrase|typed one/)
  })

  it('is typed twice where it is chosen, and the two must be the same', async () => {
    const chosen: string[] = []
    const protectKeys = async (passphrase: string) => void chosen.push(passphrase)
    const other = await runCliWith(
      ['secrets', 'protect'],
      { protectKeys },
      { tty: true, stdin: 'one one one\none two one' },
    )
    expect(other.stderr).toContain('INPUT_INVALID')
    const same = await runCliWith(
      ['secrets', 'protect'],
      { protectKeys },
      { tty: true, stdin: 'one one one\none one one' },
    )
    expect(same.status, same.stderr).toBe(0)
    expect(chosen).toEqual(['one one one'])
    expect(same.stdout + same.stderr).not.toContain('one one')
  })

  it('comes from nowhere else: not from standard input that is no terminal, nor an argument', async () => {
    const rekeyVault = async () => {}
    const command = ['secrets', 'passphrase']
    const piped = await runCliWith(command, { rekeyVault }, { stdin: 'the passphrase\n' })
    expect(piped.stderr).toMatch(/^VAULT_LOCKED: [^]*--passphrase-fd/)
    expect(piped.status).toBe(3)
    expect((await runCliWith([...command, 'the passphrase'], { rekeyVault })).status).toBe(2)
    for (const bad of ['1', '2', 'x', '-1', '999']) {
      const refused = await runCliWith([...command, `--passphrase-fd=${bad}`], { rekeyVault })
      expect(refused.status).toBe(2)
      // What is written to is not even tried.
      expect(refused.stderr).toMatch(bad === '999' ? /999 can't be read/ : /is no descriptor to read from/)
    }
  })
})

describe('secrets discard-vault', () => {
  it('deletes only after a yes', async () => {
    let times = 0
    const discardVault = async () => void times++
    expect((await runCliWith(['secrets', 'discard-vault'], { discardVault })).status).toBe(2)
    const no = await runCliWith(['secrets', 'discard-vault'], { discardVault }, { tty: true, stdin: 'n' })
    expect(no.status).toBe(1)
    expect(times).toBe(0)
    await runCliWith(['secrets', 'discard-vault'], { discardVault }, { tty: true, stdin: 'y' })
    await runCliWith(['secrets', 'discard-vault', '--yes'], { discardVault })
    expect(times).toBe(2)
  })
})
