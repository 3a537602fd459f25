import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecretBook } from '../../../../src/engine/secrets/book.ts'
import { createSecretNames } from '../../../../src/engine/secrets/names.ts'
import type { SecretStore } from '../../../../src/engine/secrets/store.ts'
import type { SkillManifest } from '../../../../src/shared/skill-manifest.ts'
import { keychainOf } from '../../../support/keychain-of.ts'
import { manifestOf } from '../../../support/manifest.ts'

const asking = (slug: string, ...names: string[]): SkillManifest => ({
  ...manifestOf({ slug }),
  secrets: Object.fromEntries(
    names.map((name) => [name, { title: name, required: true, hosts: ['api.example.com'] }]),
  ),
})
const shared = (name: string) => ({ name, skill: null })

describe('createSecretBook', () => {
  let folder: string
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-book-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  function bookOf(skills: SkillManifest[], { store = keychainOf(), withdrawn = [] as string[] } = {}) {
    const file = join(folder, `${++files}.json`)
    const logged: string[] = []
    const book = createSecretBook({
      store: async (): Promise<SecretStore> => store,
      names: createSecretNames({ file, now: () => new Date('2026-03-01T10:00:00Z') }),
      journal: { append: async () => {} } as never,
      manifests: async () => skills,
      runnable: async () => skills.filter(({ slug }) => !withdrawn.includes(slug)),
      log: (line) => void logged.push(line),
    })
    return { book, file, store, logged }
  }

  it('wants no key for a skill that can’t run any more, and still says who could use one', async () => {
    const { book } = bookOf([asking('one', 'ONE_KEY'), asking('two', 'TWO_KEY')], { withdrawn: ['two'] })
    expect((await book.overview(true)).wanted).toEqual([{ name: 'ONE_KEY', title: 'ONE_KEY', slug: 'one' }])
    await book.set(shared('TWO_KEY'), 'a long enough value')
    expect((await book.overview(true)).secrets.map(({ usedBy }) => usedBy[0]?.slug)).toEqual(['two'])
  })

  it('gives each skill its own key of a name, and the others the shared one', async () => {
    const { book, file } = bookOf([asking('one', 'API_KEY'), asking('two', 'API_KEY')])
    await book.set(shared('API_KEY'), 'everybody’s value')
    await book.set({ name: 'API_KEY', skill: 'two' }, 'the second’s value')
    expect(await book.read('API_KEY', 'one')).toBe('everybody’s value')
    expect(await book.read('API_KEY', 'two')).toBe('the second’s value')
    // A folder that nobody has signed, whatever it calls itself.
    expect(await book.read('API_KEY', null)).toBe('everybody’s value')
    await book.settled()
    const used = '2026-03-01T10:00:00.000Z'
    expect((await book.overview(true)).secrets).toMatchObject([
      { name: 'API_KEY', skill: null, lastFour: 'alue', lastUsedAt: used, usedBy: [{ slug: 'one' }] },
      { name: 'API_KEY', skill: 'two', lastFour: 'alue', lastUsedAt: used, usedBy: [{ slug: 'two' }] },
    ])
    expect(await readFile(file, 'utf8')).not.toContain('value')
  })

  it('gives a skill nothing in place of its own key that has gone missing', async () => {
    const { book, store } = bookOf([asking('one', 'API_KEY')])
    await book.set(shared('API_KEY'), 'everybody’s value')
    await book.set({ name: 'API_KEY', skill: 'one' }, 'its own value')
    await store.remove('API_KEY@one')
    expect(await book.read('API_KEY', 'one')).toBeNull()
    expect(await book.present(['API_KEY'], 'one')).toEqual(new Set())
    expect((await book.overview(true)).wanted.map(({ slug }) => slug)).toEqual(['one'])
    await expect(book.remove({ name: 'API_KEY', skill: 'one' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await book.read('API_KEY', 'one')).toBe('everybody’s value')
  })

  it('shows the end of a key only where it gives little of it away', async () => {
    const { book } = bookOf([])
    await book.set(shared('LONG_KEY'), '123456789abc')
    await book.set(shared('SHORT_KEY'), '123456789ab')
    expect((await book.overview(true)).secrets.map(({ lastFour }) => lastFour)).toEqual(['9abc', ''])
  })

  it('while nothing can be read it says which there are, and asks for none of them again', async () => {
    const store = keychainOf()
    const { book } = bookOf([asking('one', 'API_KEY', 'OTHER_KEY')], { store })
    await book.set(shared('API_KEY'), 'a long enough value')
    store.find = () => Promise.reject(new Error('locked'))
    const { secrets, wanted } = await book.overview(false)
    expect(secrets).toMatchObject([{ name: 'API_KEY', lastFour: '', usedBy: [{ slug: 'one' }] }])
    expect(wanted.map(({ name }) => name)).toEqual(['OTHER_KEY'])
  })

  it('knows which stored keys would be nobody’s without a skill, its own ones included', async () => {
    const { book } = bookOf([asking('one', 'BOTH_KEY', 'OWN_KEY', 'UNSET_KEY'), asking('two', 'BOTH_KEY')])
    await book.set(shared('BOTH_KEY'), 'x')
    await book.set({ name: 'OWN_KEY', skill: 'one' }, 'x')
    expect(await book.onlyUsedBy('one')).toEqual([{ name: 'OWN_KEY', skill: 'one' }])
    expect(await book.onlyUsedBy('two')).toEqual([])
  })

  it('tests by reading back, and says where there is nothing', async () => {
    const { book } = bookOf([])
    await book.set(shared('A_KEY'), 'x')
    await book.test(shared('A_KEY'))
    await expect(book.test({ name: 'A_KEY', skill: 'one' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
