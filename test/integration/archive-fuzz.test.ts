import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { extract } from 'tar'
import { expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { freshSeed, fuzzArchives } from '../support/fuzz/fuzz-archives.ts'

const corpus = join(import.meta.dirname, '../fixtures/archives')

it('finds the faults of an extractor that trusts its archive', async () => {
  const trusting = async (tarball: string, _: unknown, folder: string) => {
    await mkdir(folder)
    try {
      // Otherwise it goes on writing after it has refused.
      extract({ file: tarball, cwd: folder, strict: true, sync: true })
    } catch (error) {
      throw new SkilletError('ARCHIVE_UNSAFE', 'No.', { cause: error })
    }
  }
  const { failure } = await fuzzArchives({ corpus, seed: freshSeed(), forMs: 20_000, extract: trusting })
  expect(failure?.problem).toMatch(/accepted|CRASHES|outside/)
})

// Ten minutes and more: node scripts/fuzz-archives.mjs --minutes 10 --workers 2
it('refuses or extracts exactly what was signed, whatever archives are made into', async () => {
  const { counts, failure } = await fuzzArchives({ corpus, seed: freshSeed(), forMs: 20_000 })
  expect(failure).toBeNull()
  // Both ends are reached, or the mutations are no good.
  expect(counts.accepted).toBeGreaterThan(10)
  expect(Object.keys(counts.refused).toSorted()).toEqual(['ARCHIVE_UNSAFE', 'PAYLOAD_MISMATCH', 'TOO_LARGE'])
})
