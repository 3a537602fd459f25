import { describe, expect, it } from 'vitest'
import { createSecretBook } from '../../../../src/engine/secrets/book.ts'
import { manifestOf } from '../../../support/manifest.ts'

const asking = (slug: string, name: string) => ({
  ...manifestOf({ slug }),
  secrets: { [name]: { title: name, required: true, hosts: ['api.example.com'] } },
})

describe('createSecretBook', () => {
  it('wants no key for a skill that can’t run any more, and still says who could use one', async () => {
    const [running, withdrawn] = [asking('one', 'ONE_KEY'), asking('two', 'TWO_KEY')]
    const book = (names: string[]) =>
      createSecretBook({
        keychain: {
          find: (asked: string[]) =>
            Promise.resolve(
              new Map(
                asked.filter((name) => names.includes(name)).map((name) => [name, 'a long enough value']),
              ),
            ),
        } as never,
        names: { list: () => Promise.resolve(names) } as never,
        journal: {} as never,
        manifests: () => Promise.resolve([running, withdrawn]),
        runnable: () => Promise.resolve([running]),
      })
    expect(await book([]).wanted()).toEqual([{ name: 'ONE_KEY', title: 'ONE_KEY', slug: 'one' }])
    expect((await book(['TWO_KEY']).list()).map(({ usedBy }) => usedBy[0]?.slug)).toEqual(['two'])
  })
})
