import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSecretPlaces, type SecretPlaces } from '../../../../src/engine/secrets/places.ts'
import { createSessionSecrets } from '../../../../src/engine/secrets/session.ts'
import type { SecretKind, SecretStore } from '../../../../src/engine/secrets/store.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { keychainOf } from '../../../support/keychain-of.ts'
import { cheapVault, passphrase } from '../../../support/vault.ts'

const missing = () =>
  Promise.reject(new SkilletError('KEYCHAIN_UNAVAILABLE', 'No keychain.', { remedy: 'Get one.' }))

describe('createSecretPlaces', () => {
  let scratch: string
  let folders = 0
  const opened: SecretPlaces[] = []
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'skillet-places-'))
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((places) => places.close()))
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  function world({ keychain = false, folder = join(scratch, `${++folders}`) } = {}) {
    const working = keychainOf()
    const state = { keychain, allowed: ['keychain', 'vault', 'session'] as SecretKind[] }
    const orMissing = <T>(work: () => Promise<T>) => (state.keychain ? work() : missing())
    const flaky: SecretStore = {
      kind: 'keychain',
      state: async () =>
        state.keychain
          ? working.state()
          : { available: false, name: 'Of the test', problem: 'No keychain.', fix: 'Get one.' },
      get: (entry) => orMissing(() => working.get(entry)),
      set: (entry, value) => orMissing(() => working.set(entry, value)),
      remove: (entry) => orMissing(() => working.remove(entry)),
      find: (entries) => orMissing(() => working.find(entries)),
    }
    const asked: (string | null)[] = []
    const open = (answers?: (string | null)[]) => {
      const vault = cheapVault(folder)
      const places = createSecretPlaces({
        keychain: flaky,
        vault,
        session: createSessionSecrets(),
        journal: { append: async () => {} } as never,
        allowed: async () => state.allowed,
        askPassphrase:
          answers &&
          (async () => {
            const answer = answers.shift() ?? null
            asked.push(answer)
            return answer
          }),
      })
      opened.push(places)
      return { places, vault }
    }
    return { state, working, open, asked, folder }
  }

  it('chooses nothing by itself where there is no keychain, and says what can be chosen', async () => {
    const { open } = world()
    const { places, vault } = open()
    const store = await places.current()
    expect(store.kind).toBe('keychain')
    await expect(store.set('A_KEY', 'x')).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
      remedy: expect.stringContaining('skillet secrets protect') as string,
    })
    expect(await places.state()).toMatchObject({ usable: false, choices: ['vault', 'session'] })
    expect(vault.exists()).toBe(false)
  })

  it('goes from memory to a vault to the keychain, and every key comes along', async () => {
    const { open, state, working } = world()
    const { places, vault } = open()
    await places.keepInMemory()
    await (await places.current()).set('A_KEY', 'the value of a')
    await places.protect(passphrase)
    expect((await places.current()).kind).toBe('vault')
    expect(await (await places.current()).get('A_KEY')).toBe('the value of a')
    await expect(places.moveToKeychain()).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
    expect(await vault.get('A_KEY')).toBe('the value of a')
    state.keychain = true
    expect(await places.state()).toMatchObject({ kind: 'vault', canMoveToKeychain: true })
    await places.moveToKeychain()
    expect(await working.get('A_KEY')).toBe('the value of a')
    expect(vault.exists()).toBe(false)
    expect((await places.current()).kind).toBe('keychain')
  })

  it('keeps nothing outside a keychain that works', async () => {
    const { places, vault } = world({ keychain: true }).open()
    await expect(places.protect(passphrase)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(places.keepInMemory()).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(vault.exists()).toBe(false)
  })

  it('memory is gone with the process, and never stands in for a vault', async () => {
    const { open } = world()
    const { places } = open()
    await places.keepInMemory()
    await (await places.current()).set('A_KEY', 'x')
    expect((await open().places.current()).kind).toBe('keychain')
    await places.protect(passphrase)
    const next = open().places
    expect((await next.current()).kind).toBe('vault')
    await expect(next.keepInMemory()).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('asks for the passphrase once where several need it at the same time, and only where a person can be asked', async () => {
    const { open, asked } = world()
    await open().places.protect(passphrase)
    const silent = open().places
    await expect((await silent.current()).get('A_KEY')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    const { places } = open([passphrase])
    await Promise.all([1, 2, 3].map(async () => (await places.current()).get('A_KEY')))
    expect(asked).toEqual([passphrase])
    const none = open([null]).places
    await expect((await none.current()).get('A_KEY')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(await open([]).places.state()).toMatchObject({ locked: true, usable: false })
    expect(asked).toHaveLength(2)
  })

  it('holds to what administrators allow, also for keys that are there already', async () => {
    const { open, state } = world()
    state.allowed = ['keychain', 'session']
    const { places } = open()
    expect((await places.state()).choices).toEqual(['session'])
    await expect(places.protect(passphrase)).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    state.allowed = ['vault']
    await places.protect(passphrase)
    state.allowed = ['keychain']
    await expect(places.current()).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    expect(await places.state()).toMatchObject({ usable: false, fix: 'Ask your administrator.' })
  })

  it('a vault whose passphrase is forgotten is deleted only when it is said', async () => {
    const { open } = world()
    await open().places.protect(passphrase)
    const { places, vault } = open()
    await places.discardVault()
    expect(vault.exists()).toBe(false)
    await expect(places.discardVault()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
