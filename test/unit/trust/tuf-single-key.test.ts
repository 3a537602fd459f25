import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Updater, type Fetcher } from 'tuf-js'
import { DownloadHTTPError } from 'tuf-js/dist/error.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import {
  singleKeyRepository,
  singleKeyRoots,
  type SingleKeyRepository,
} from '../../../src/trust/tuf-single-key.ts'

const key = generateSigningKey()
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))
const csv = { path: 'releases/csv/1.0.0.dsse.json', bytes: bytesOf('the release of csv') }
const notes = { path: 'releases/notes/2.0.0.dsse.json', bytes: bytesOf('the release of notes') }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-single-'))
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

/** The plain library as an independent judge; `pinned` only counts the first time. */
function client(repository: SingleKeyRepository, pinned: Uint8Array): Updater {
  const root = join(folder, 'root.json')
  try {
    readFileSync(root)
  } catch {
    writeFileSync(root, pinned)
  }
  const served = (url: string) => {
    const [, kind, name] = /^([mt]):\/(.*)$/.exec(url)!
    const bytes = (kind === 'm' ? repository.metadata : repository.targets).get(name!)
    if (bytes === undefined) throw new DownloadHTTPError('no such file', 404)
    return Buffer.from(bytes)
  }
  const fetcher: Fetcher = {
    downloadBytes: (url) => Promise.resolve().then(() => served(url)),
    downloadFile: async (url, _max, handler) => {
      const file = join(folder, 'download')
      writeFileSync(file, served(url))
      return handler(file)
    },
  }
  return new Updater({
    metadataDir: folder,
    metadataBaseUrl: 'm:/',
    targetDir: folder,
    targetBaseUrl: 't:/',
    fetcher,
  })
}

async function read(updater: Updater, path: string): Promise<string | null> {
  const info = await updater.getTargetInfo(path)
  return info === undefined ? null : readFileSync(await updater.downloadTarget(info), 'utf8')
}

describe('a repository under one key', () => {
  const now = new Date()
  const pinned = singleKeyRoots(key, now).at(-1)!

  it('is one that the plain library believes: the release, its signer, and that nothing is withdrawn', async () => {
    const updater = client(singleKeyRepository(key, csv, { version: 5, now }), pinned)
    await updater.refresh()
    expect(await read(updater, csv.path)).toBe('the release of csv')
    expect(await read(updater, 'signing-keys.json')).toContain(key.keyid)
    expect(JSON.parse((await read(updater, 'revocations.json'))!)).toEqual({ schema: 1, revocations: [] })
    expect(await updater.getTargetInfo(notes.path)).toBeUndefined()
  })

  it('is not believed under the root of another key', async () => {
    const other = singleKeyRoots(generateSigningKey(), now).at(-1)!
    await expect(client(singleKeyRepository(key, csv, { version: 5, now }), other).refresh()).rejects.toThrow(
      /signed by 0\/1/,
    )
  })

  it('gives way to a later one, which vouches for what it was told of without bringing it', async () => {
    const first = singleKeyRepository(key, csv, { version: 5, now })
    await client(first, pinned).refresh()
    const listed = { path: csv.path, length: csv.bytes.length, sha256: digestIn(first, 'csv') }
    const second = client(singleKeyRepository(key, notes, { version: 6, now, alsoListed: [listed] }), pinned)
    await second.refresh()
    expect(await read(second, notes.path)).toBe('the release of notes')
    expect(await second.getTargetInfo(csv.path)).toMatchObject({ hashes: { sha256: listed.sha256 } })
    // Going back to the first one is a rollback.
    await expect(client(first, pinned).refresh()).rejects.toThrow(/version/)
  })

  it('holds for a year and no longer', async () => {
    const repository = singleKeyRepository(key, csv, { version: 5, now })
    vi.useFakeTimers({ toFake: ['Date'], now: now.getTime() + 364 * 86_400_000 })
    await client(repository, pinned).refresh()
    vi.setSystemTime(now.getTime() + 366 * 86_400_000)
    await expect(client(repository, pinned).refresh()).rejects.toThrow(/expired/)
  })
})

describe('its roots', () => {
  const year = (n: number) => new Date(Date.UTC(n, 5, 1))

  it('are the same bytes whenever the key makes them', () => {
    const in2028 = singleKeyRoots(key, year(2028))
    expect(in2028).toHaveLength(3)
    expect(in2028.slice(0, 1)).toEqual(singleKeyRoots(key, year(2026)))
    expect(singleKeyRoots(key, year(2020))).toHaveLength(1)
  })

  it('lead from a root pinned years ago to today', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: year(2031) })
    const updater = client(
      singleKeyRepository(key, csv, { version: 5, now: year(2031) }),
      singleKeyRoots(key, year(2026)).at(-1)!,
    )
    await updater.refresh()
    expect(await read(updater, csv.path)).toBe('the release of csv')
  })
})

function digestIn(repository: SingleKeyRepository, slug: string): string {
  const name = [...repository.targets.keys()].find((one) => one.startsWith(`releases/${slug}/`))!
  return name.split('/').at(-1)!.slice(0, 64)
}
