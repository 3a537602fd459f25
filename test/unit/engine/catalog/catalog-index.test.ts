import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as WorkerThreads from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inProcessBytes } from '../../../../src/engine/catalog/catalog-host.ts'
import { createCatalogIndex } from '../../../../src/engine/catalog/catalog-index.ts'
import type { CatalogQuery } from '../../../../src/engine/ports.ts'
import { catalogEntry, writeCatalog } from '../../../support/catalog.ts'

// A thread starts slowly on a computer that is busy.
vi.setConfig({ testTimeout: 60_000 })

/** The threads that were started, so that a test can end one. */
const threads = vi.hoisted((): WorkerThreads.Worker[] => [])
vi.mock('node:worker_threads', async (original) => {
  const actual = await original<typeof WorkerThreads>()
  return {
    ...actual,
    Worker: class extends actual.Worker {
      constructor(...input: ConstructorParameters<typeof actual.Worker>) {
        super(...input)
        threads.push(this)
      }
    },
  }
})

let folder: string
let indexFile: string
let served: { path: string; sha256: string }
let index: ReturnType<typeof createCatalogIndex>
const said: string[] = []

function open(): ReturnType<typeof createCatalogIndex> {
  return createCatalogIndex({ file: async () => served, indexFile, log: (line) => said.push(line) })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-catalog-'))
  indexFile = join(folder, 'cache', 'catalog.index')
  threads.length = 0
  said.length = 0
  index = open()
})
afterEach(async () => {
  await index.close()
  await rm(folder, { recursive: true, force: true })
})

const small = ['a', 'b'].map((slug) => catalogEntry(slug))
const large = Array.from({ length: 1500 }, (_, at) => catalogEntry(`skill-${at}`, { title: `Title ${at}` }))
const serve = async (name: string, entries: typeof small) => {
  served = await writeCatalog(join(folder, name), entries)
}
const query = (text: string): CatalogQuery => ({ text, category: null, fits: null, offset: 0, limit: 5 })
const totalOf = async (text: string) => (await index.search(query(text))).total

describe.each([
  ['a small catalog, in this thread', small, 0],
  ['a large catalog, in a thread of its own', large, 1],
] as const)('%s', (_, entries, threadCount) => {
  beforeEach(() => serve('first.json', [...entries]))

  test('is on the side of the limit that this is about', async () => {
    expect((await stat(served.path)).size > inProcessBytes).toBe(threadCount === 1)
    await totalOf('')
    expect(threads).toHaveLength(threadCount)
  })

  test('is searched, and its skills are found by name', async () => {
    const [first, second] = [entries[0]!, entries[1]!]
    expect(await totalOf('')).toBe(entries.length)
    expect(await index.get(first.slug)).toEqual(first)
    expect(await index.get('nothing')).toBeNull()
    expect(await index.getAll([second.slug, 'nothing', first.slug])).toEqual([second, null, first])
    expect(await index.programs()).toEqual([])
  })

  test('that was altered after it was verified is refused', async () => {
    await writeFile(served.path, (await readFile(served.path, 'utf8')).replace('northwind', 'southwind'))
    await expect(totalOf('')).rejects.toMatchObject({ code: 'METADATA_INVALID' })
  })

  test('that is malformed is refused, each time, and says which line', async () => {
    const { path } = served
    await writeFile(path, (await readFile(path, 'utf8')).replace('"title"', '"titel"'))
    served = { path, sha256: await digestOf(path) }
    for (let time = 0; time < 2; time++)
      await expect(totalOf('')).rejects.toMatchObject({
        code: 'METADATA_INVALID',
        message: expect.stringContaining('line 2') as string,
      })
  })

  test('gives way to a newer one: installs wait for it, searches go on meanwhile', async () => {
    expect(await totalOf('')).toBe(entries.length)
    await serve('second.json', [...entries, catalogEntry('zz-new', { title: 'Newest' })])
    expect([entries.length, entries.length + 1]).toContain(await totalOf(''))
    expect(await index.get('zz-new')).toMatchObject({ title: 'Newest' })
    expect(await totalOf('newest')).toBe(1)
  })

  test('does not stand in for a newer one that is malformed', async () => {
    expect(await totalOf('')).toBe(entries.length)
    const path = join(folder, 'bad.json')
    await writeFile(path, `${await readFile(served.path, 'utf8')}x`)
    served = { path, sha256: await digestOf(path) }
    await expect(index.get('a')).rejects.toMatchObject({ code: 'METADATA_INVALID' })
    await expect(totalOf('')).rejects.toMatchObject({ code: 'METADATA_INVALID' })
    await serve('good.json', small)
    expect(await index.get('a')).toEqual(small[0])
  })
})

test('many questions at the start open one catalog', async () => {
  await serve('catalog.json', large)
  expect(await Promise.all([1, 2, 3].map(() => totalOf('title')))).toEqual([1500, 1500, 1500])
  expect(threads).toHaveLength(1)
})

test('a catalog that another Skillet removed just then is asked for again', async () => {
  await serve('old.json', small)
  const gone = { ...served, path: join(folder, 'gone.json') }
  await serve('new.json', large)
  const files = [gone, served]
  const racing = createCatalogIndex({ file: async () => files.shift() ?? served, indexFile })
  expect((await racing.search(query(''))).total).toBe(1500)
  await racing.close()
})

test('what the registry check throws comes through', async () => {
  const failing = createCatalogIndex({ file: () => Promise.reject(new Error('no lists')), indexFile })
  await expect(failing.search(query(''))).rejects.toThrow('no lists')
})

test('a thread that dies fails what was asked of it, and the next question starts another', async () => {
  await serve('catalog.json', large)
  expect(await totalOf('')).toBe(1500)
  const asked = totalOf('title')
  void threads[0]?.terminate()
  await expect(asked).rejects.toMatchObject({ code: 'INTERNAL' })
  expect(await totalOf('')).toBe(1500)
  expect(threads).toHaveLength(2)
})

test('a large catalog that is cut off while it is open is refused, and read again where it was mended', async () => {
  await serve('catalog.json', large)
  expect(await totalOf('')).toBe(1500)
  const whole = await readFile(served.path)
  await truncate(served.path, 50)
  await expect(totalOf('')).rejects.toMatchObject({ code: 'METADATA_INVALID' })
  await expect(totalOf('')).rejects.toMatchObject({ code: 'METADATA_INVALID' })
  await writeFile(served.path, whole)
  expect(await totalOf('')).toBe(1500)
})

test('the index of a large catalog is kept for the next start, and used only as long as it is whole', async () => {
  await serve('catalog.json', large)
  await totalOf('')
  const kept = await readFile(indexFile)
  const restart = async () => {
    await index.close()
    index = open()
    expect(await totalOf('title 77')).toBe(11)
  }
  const before = await stat(indexFile)
  await restart()
  expect((await stat(indexFile)).mtimeMs).toBe(before.mtimeMs)
  await writeFile(indexFile, kept.subarray(0, 1000))
  await restart()
  expect((await readFile(indexFile)).equals(kept)).toBe(true)
})

test('where the index cannot be kept, that is said and nothing is lost', async () => {
  await serve('catalog.json', large)
  await mkdir(indexFile, { recursive: true })
  expect(await totalOf('')).toBe(1500)
  expect(said).toEqual([expect.stringContaining(indexFile)])
})

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

test('for a moment a search asks nobody which catalog counts; an install always does', async () => {
  await serve('kept.json', small)
  let asked = 0
  const file = async () => {
    asked++
    return served
  }
  const keeping = createCatalogIndex({ file, indexFile, keepMs: 60_000 })
  const query: CatalogQuery = { text: '', category: null, fits: null, offset: 0, limit: 1 }
  await keeping.search(query)
  await keeping.search(query)
  const before = asked
  await keeping.search(query)
  expect(asked).toBe(before)
  await keeping.get('no-such-skill')
  expect(asked).toBe(before + 1)
  await keeping.close()
})
