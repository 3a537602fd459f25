import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractSmall } from '../../../../src/engine/install/extract-small.ts'
import { extractStream } from '../../../../src/engine/install/extract-stream.ts'
import { extractInThread, extractTarball, hasDigest } from '../../../../src/engine/install/extract.ts'
import { digestFile } from '../../../../src/engine/install/file-digest.ts'
import { syncTree } from '../../../../src/engine/install/sync-tree.ts'
import type { ReleaseFile } from '../../../../src/shared/release.ts'
import { sha256Hex } from '../../../../src/trust/digest.ts'
import { tarBytes, type TarFile } from '../../../../src/trust/tar-bytes.ts'
import { lenientListing } from '../../../support/fuzz/listing.ts'
import { describeTree, treeOfFiles } from '../../../support/fuzz/tree.ts'
import { codeOf } from '../../trust/code.ts'

const fixtures = join(import.meta.dirname, '../../../fixtures/archives')
const rows = readFileSync(join(fixtures, 'index.tsv'), 'utf8')
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file, , attempts, expected]) => ({ file: file!, attempts: attempts!, expected: expected! }))

const ways = [
  { way: 'in memory', extract: extractSmall },
  { way: 'in a thread', extract: extractInThread },
  {
    way: 'as where each file is synced',
    extract: (tarball: string, files: readonly ReleaseFile[], to: string) =>
      extractStream(tarball, files, to, {
        signal: new AbortController().signal,
        onFile: () => undefined,
        syncEach: true,
      }),
  },
]

let outer: string
let folder: string
let around: string[]
beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'skillet-extract-'))
  folder = join(outer, 'a', 'b', 'files')
  await mkdir(join(folder, '..'), { recursive: true })
  around = await describeTree(outer)
})
afterEach(() => rm(outer, { recursive: true, force: true }))

const file = (path: string, content: Uint8Array | string, executable = false): TarFile => ({
  path,
  content: new Uint8Array(Buffer.from(content)),
  executable,
})
const listed = (files: readonly TarFile[]): ReleaseFile[] =>
  files.map(({ path, content, executable }) => ({
    path,
    size: content.length,
    sha256: sha256Hex(content),
    executable,
  }))

async function packed(files: readonly TarFile[]): Promise<string> {
  const tarball = join(outer, 'payload.tgz')
  await writeFile(tarball, gzipSync(tarBytes(files)))
  return tarball
}

/** The folder may hold what came before the refusal; around it nothing may have changed. */
async function expectNothingAround(): Promise<void> {
  await rm(join(outer, 'payload.tgz'), { force: true })
  expect(await describeTree(outer, 'a/b/files')).toEqual(around)
}

describe.each(ways)('extracting $way', ({ extract }) => {
  it.each(rows)('$file ($attempts): $expected', async ({ file: name, expected }) => {
    const tarball = join(fixtures, name)
    // As if all that a lenient program finds in it had been signed.
    const files = await lenientListing(readFileSync(tarball))
    const code = await codeOf(extract(tarball, files, folder))
    await expectNothingAround()
    if (code === 'returned') expect((await describeTree(folder)).sort()).toEqual(treeOfFiles(files).sort())
    else expect(['ARCHIVE_UNSAFE', 'TOO_LARGE', 'PAYLOAD_MISMATCH']).toContain(code)
    if (expected !== 'either') expect(code === 'returned' ? 'accept' : 'reject').toBe(expected)
  })

  const files = [
    file('SKILL.md', 'hello'),
    file('empty', ''),
    file('deep/er/run.sh', '#!/bin/sh\n', true),
    file('deep/large.bin', randomBytes(900_000)),
  ]

  it('makes exactly the files that were signed, read-only', async () => {
    await extract(await packed(files), listed(files), folder)
    expect((await describeTree(folder)).sort()).toEqual(treeOfFiles(listed(files)).sort())
  })

  it.each([
    ['a file that was not signed', (all: TarFile[]) => [...all, file('more.txt', 'x')]],
    ['an empty file that was not signed', (all: TarFile[]) => [...all, file('more.txt', '')]],
    ['a missing file', (all: TarFile[]) => all.slice(1)],
    ['a file with another byte', ([, ...rest]: TarFile[]) => [file('SKILL.md', 'hellp'), ...rest]],
    ['a longer file', ([, ...rest]: TarFile[]) => [file('SKILL.md', 'hello '), ...rest]],
    ['a file that may be run', ([, ...rest]: TarFile[]) => [file('SKILL.md', 'hello', true), ...rest]],
    [
      'a large file whose last byte differs',
      (all: TarFile[]) =>
        all.map((one) =>
          one.content.length < 900_000
            ? one
            : {
                ...one,
                content: Uint8Array.from(one.content, (byte, at) => (at === 899_999 ? ~byte : byte)),
              },
        ),
    ],
    ['another name', ([, ...rest]: TarFile[]) => [file('SKILL2.md', 'hello'), ...rest]],
  ])('refuses %s', async (_, change) => {
    const code = await codeOf(extract(await packed(change(files)), listed(files), folder))
    expect(code).toBe('PAYLOAD_MISMATCH')
    await expectNothingAround()
  })

  it('never writes into a folder that is there already', async () => {
    await mkdir(folder)
    await expect(extract(await packed(files), listed(files), folder)).rejects.toMatchObject({
      code: 'EEXIST',
    })
  })

  it('ends with an error when there is no tarball', async () => {
    await expect(extract(join(outer, 'none.tgz'), listed(files), folder)).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})

describe('extracting what is large', () => {
  const many = Array.from({ length: 500 }, (_, index) => file(`${index % 7}/${index}`, randomBytes(20_000)))

  it('reports progress, never backwards, up to the end', async () => {
    const seen: number[] = []
    const tarball = await packed(many)
    await extractTarball(
      tarball,
      { files: listed(many), tarball: { sha256: '', size: 10_000_000 } },
      folder,
      { onProgress: (fraction) => seen.push(fraction) },
    )
    expect(seen.length).toBeGreaterThan(10)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(1)
  })

  it('stops when it is cancelled, and the thread goes on', async () => {
    const tarball = await packed(many)
    const controller = new AbortController()
    const release = { files: listed(many), tarball: { sha256: '', size: 10_000_000 } }
    const work = extractTarball(tarball, release, folder, {
      signal: controller.signal,
      onProgress: (fraction) => fraction > 0.1 && controller.abort(),
    })
    expect(await codeOf(work)).toBe('CANCELLED')
    expect((await describeTree(folder)).length).toBeLessThan(500)
    await rm(folder, { recursive: true, force: true })
    await extractTarball(tarball, release, folder)
    expect((await describeTree(folder)).sort()).toEqual(treeOfFiles(listed(many)).sort())
  })
})

describe('digests', () => {
  it.each([0, 1, 1024 * 1024, 3 * 1024 * 1024 + 7])('are of all %i bytes', async (size) => {
    const path = join(outer, 'file')
    const content = randomBytes(size)
    await writeFile(path, content)
    expect(await digestFile(path, size)).toBe(sha256Hex(content))
    expect(await digestFile(path, size + 1)).toBeNull()
    expect(await hasDigest(path, { sha256: sha256Hex(content), size })).toBe(true)
    expect(await hasDigest(path, { sha256: sha256Hex(randomBytes(32)), size })).toBe(false)
  })

  it('are given up when nobody wants them any more', async () => {
    const path = join(outer, 'file')
    await writeFile(path, randomBytes(4 * 1024 * 1024))
    const signal = AbortSignal.abort()
    expect(await codeOf(hasDigest(path, { sha256: '', size: 4 * 1024 * 1024 }, { signal }))).toBe('CANCELLED')
  })
})

describe('syncTree', () => {
  it('syncs each file where the system has no program for all, and says when one is gone', async () => {
    const path = process.env['PATH']
    const name = join(outer, 'one')
    await writeFile(name, 'x', { mode: 0o444 })
    try {
      process.env['PATH'] = outer
      await syncTree(outer, [name], [outer])
      await expect(syncTree(outer, [join(outer, 'gone')], [outer])).rejects.toMatchObject({ code: 'ENOENT' })
    } finally {
      process.env['PATH'] = path
    }
  })
})

describe('extractTarball', () => {
  it.each([1, 40])('refuses a name that the disk has already, with %d files', async (count) => {
    const files = Array.from({ length: count }, (_, index) => file(`notes/${index}.md`, 'x'))
    await mkdir(folder)
    const work = extractTarball(
      await packed(files),
      { files: listed(files), tarball: { size: 1, sha256: '' } },
      folder,
    )
    expect(await codeOf(work)).toBe('ARCHIVE_UNSAFE')
  })
})
