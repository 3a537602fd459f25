import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { obtainTarball, type FetchTarball } from '../../../../src/engine/install/tarball.ts'
import { createPaths, type Paths } from '../../../../src/engine/paths.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { sha256Hex } from '../../../../src/trust/digest.ts'
import { codeOf } from '../../trust/code.ts'

let home: string
let paths: Paths
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-tarball-'))
  paths = createPaths(home)
})
afterEach(() => rm(home, { recursive: true, force: true }))

const describeBytes = (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), size: bytes.length })
const names = () => readdir(paths.cache).then((found) => found.sort())

/** Delivers these bytes as a download does, by way of `.part`. */
const serving = (bytes: Uint8Array): FetchTarball => {
  return async (_, toPath) => {
    await writeFile(`${toPath}.part`, bytes)
    await rm(`${toPath}.part`)
    await writeFile(toPath, bytes)
  }
}
const breaking = (code: 'DOWNLOAD_FAILED' | 'CANCELLED' | 'NO_SPACE'): FetchTarball => {
  return async (_, toPath) => {
    await writeFile(`${toPath}.part`, 'half')
    throw new SkilletError(code, 'No.')
  }
}

describe.each([
  { kind: 'small', size: 1000 },
  { kind: 'large', size: 1_500_000 },
])('a $kind tarball', ({ kind, size }) => {
  const bytes = new Uint8Array(randomBytes(size))
  const tarball = describeBytes(bytes)

  it('is fetched once, verified, and then found in the cache', async () => {
    const first = await obtainTarball(paths, tarball, serving(bytes))
    expect(first).toEqual({ path: join(paths.cache, `${tarball.sha256}.tgz`), fetched: true })
    const never: FetchTarball = () => Promise.reject(new Error('asked again'))
    expect(await obtainTarball(paths, tarball, never)).toEqual({ ...first, fetched: false })
    expect(await names()).toEqual([`${tarball.sha256}.tgz`])
  })

  it('is fetched again where the cached copy was damaged', async () => {
    const { path } = await obtainTarball(paths, tarball, serving(bytes))
    const damaged = Uint8Array.from(bytes)
    damaged[size - 1]! ^= 1
    await writeFile(path, damaged)
    expect(await obtainTarball(paths, tarball, serving(bytes))).toEqual({ path, fetched: true })
    expect(Buffer.from(bytes).equals(await readFile(path))).toBe(true)
  })

  it.each([
    ['another byte', () => bytes.map((byte, at) => (at === 7 ? ~byte : byte))],
    ['a byte less', () => bytes.subarray(1)],
    ['a byte more', () => new Uint8Array([...bytes, 0])],
  ])('is refused with %s, and nothing of it stays', async (_, served) => {
    expect(await codeOf(obtainTarball(paths, tarball, serving(served())))).toBe('DIGEST_MISMATCH')
    expect(await names()).toEqual([])
  })

  it('keeps what arrived only where going on is worth it', async () => {
    expect(await codeOf(obtainTarball(paths, tarball, breaking('CANCELLED')))).toBe('CANCELLED')
    expect(await codeOf(obtainTarball(paths, tarball, breaking('NO_SPACE')))).toBe('NO_SPACE')
    expect(await names()).toEqual([])
    expect(await codeOf(obtainTarball(paths, tarball, breaking('DOWNLOAD_FAILED')))).toBe('DOWNLOAD_FAILED')
    expect(await names()).toEqual(kind === 'large' ? [`${tarball.sha256}.unverified.part`] : [])
  })

  it('may be fetched by many at the same time, each under a name of its own', async () => {
    const places: string[] = []
    let waiting = 0
    let all: () => void = () => undefined
    const together = new Promise<void>((resolve) => (all = resolve))
    const slow: FetchTarball = async (one, toPath, hooks) => {
      places.push(toPath)
      if (++waiting === 3) all()
      await together
      await serving(bytes)(one, toPath, hooks)
    }
    await Promise.all([1, 2, 3].map(() => obtainTarball(paths, tarball, slow)))
    expect(new Set(places).size).toBe(3)
    expect(await names()).toEqual([`${tarball.sha256}.tgz`])
  })

  it('waits for nobody who died while fetching it', async () => {
    await mkdir(paths.cache, { recursive: true })
    const gone = { pid: 2 ** 22 + 1, started: '1', id: 'x' }
    await writeFile(join(paths.cache, `${tarball.sha256}.lock`), JSON.stringify(gone))
    expect((await obtainTarball(paths, tarball, serving(bytes))).fetched).toBe(true)
  })
})
