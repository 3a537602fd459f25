import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractPayload, readBundle } from '../../../../src/engine/package/bundle.ts'
import { aroundPayload, writeBundle } from '../../../../src/trust/bundle-format.ts'
import { tarBytes } from '../../../../src/trust/tar-bytes.ts'
import type { TufSource } from '../../../../src/trust/tuf.ts'
import { codeOf } from '../../trust/code.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const longName = `releases/${'a'.repeat(60)}/${'0'.repeat(64)}.1.0.0.dsse.json`
const bundle = {
  release: bytes('{}'),
  payload: new Uint8Array(3_000_001).fill(7),
  metadata: new Map([['timestamp.json', bytes('now')]]),
  targets: new Map([[longName, bytes('long')]]),
}

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-bundle-'))
  file = join(folder, 'a.skillet')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function textOf(source: TufSource, kind: 'metadata' | 'target', name: string): Promise<string | null> {
  const body = await source.open(kind, name)
  if (body === null) return null
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('bundles', () => {
  it('are read from the disk, the payload only when it is asked for', async () => {
    await writeFile(file, writeBundle(bundle))
    const read = await readBundle(file)
    expect(Buffer.from(read.release).toString()).toBe('{}')
    expect(await textOf(read.tuf, 'metadata', 'timestamp.json')).toBe('now')
    expect(await textOf(read.tuf, 'target', longName)).toBe('long')
    expect(await textOf(read.tuf, 'target', 'timestamp.json')).toBeNull()
    expect(await textOf(read.tuf, 'metadata', '2.root.json')).toBeNull()
    const to = join(folder, 'payload')
    await extractPayload(file, to)
    expect(Buffer.from(bundle.payload).equals(await readFile(to))).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('are not waited for where a named pipe stands', async () => {
    execFileSync('mkfifo', [file])
    expect(await codeOf(readBundle(file))).toBe('NOT_FOUND')
    expect(await codeOf(extractPayload(file, join(folder, 'payload')))).toBe('NOT_FOUND')
  })

  it('are the same bytes when they are put together around a payload on the disk', () => {
    const { payload, ...rest } = bundle
    const { before, after } = aroundPayload(rest, payload.length)
    expect(Buffer.concat([before, payload, after]).equals(writeBundle(bundle))).toBe(true)
  })

  it('leave out what a later Skillet may have put in', async () => {
    const more = { path: 'notes/later.txt', content: bytes('x'), executable: false }
    const { before } = aroundPayload(bundle, 1)
    const tail = tarBytes([{ path: 'payload.tgz', content: bytes('p'), executable: false }, more])
    const head = Buffer.from(before).subarray(0, -512)
    await writeFile(file, Buffer.concat([head, tail]))
    expect(await textOf((await readBundle(file)).tuf, 'metadata', 'timestamp.json')).toBe('now')
  })

  it('are refused when incomplete, cut short, compressed or followed by something', async () => {
    const whole = writeBundle(bundle)
    const without = tarBytes([{ path: 'release.dsse.json', content: bytes('{}'), executable: false }])
    for (const wrong of [
      without,
      whole.subarray(0, 1600),
      bytes('not a tar at all'),
      new Uint8Array([...whole.subarray(0, 4096), 1]),
      Buffer.concat([whole, Buffer.from([1])]),
    ]) {
      await writeFile(file, wrong)
      expect(await codeOf(readBundle(file))).toBe('ARCHIVE_UNSAFE')
    }
    await writeFile(file, without)
    expect(await codeOf(extractPayload(file, join(folder, 'payload')))).toBe('ARCHIVE_UNSAFE')
  })

  it('are refused when what has to be kept in memory is too large', async () => {
    const metadata = new Map([['1.root.json', new Uint8Array(65 * 1024 * 1024)]])
    await writeFile(file, writeBundle({ ...bundle, metadata }))
    expect(await codeOf(readBundle(file))).toBe('TOO_LARGE')
  })

  it('stop being unpacked when the person cancels', async () => {
    await writeFile(file, writeBundle(bundle))
    const controller = new AbortController()
    controller.abort()
    expect(await codeOf(extractPayload(file, join(folder, 'payload'), controller.signal))).toBe('CANCELLED')
  })
})
