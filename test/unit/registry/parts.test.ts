import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { latestOf } from '../../../src/registry/catalog.ts'
import { createLog } from '../../../src/registry/log.ts'
import { createFileObjects } from '../../../src/registry/objects/files.ts'
import { parseRange } from '../../../src/registry/routes/send-file.ts'

describe('parseRange', () => {
  it.each([
    [undefined, null],
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=90-500', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=99-', { start: 99, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=20-10', null],
    ['bytes=0-1,5-6', null],
    ['bytes=-', null],
    ['lines=1-2', null],
    ['bytes=1e3-', null],
    [`bytes=${'9'.repeat(30)}-`, null],
  ])('of 100 bytes, %s is %o', (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected)
  })
})

describe('latestOf', () => {
  it.each([
    [['1.9.0', '1.10.0', '1.2.0'], '1.10.0'],
    [['1.0.0', '2.0.0-beta.1'], '1.0.0'],
    [['1.0.0-alpha', '1.0.0-beta', '1.0.0-alpha.9'], '1.0.0-beta'],
    [[], undefined],
  ])('of %j is %s', (versions, expected) => {
    expect(latestOf(versions.map((version) => ({ version })))?.version).toBe(expected)
  })
})

describe('the log', () => {
  it('writes one JSON document a line', () => {
    const lines: string[] = []
    createLog((line) => lines.push(line))('error', 'request.failed', { message: 'two\nlines' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      event: 'request.failed',
      message: 'two\nlines',
    })
  })
})

describe('objects on the disk', () => {
  it('that were changed are not read, and put back by whoever uploads the right bytes again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'objects-'))
    const objects = createFileObjects(folder)
    const bytes = new Uint8Array(Buffer.from('some bytes'))
    const sha256 = await objects.put(bytes)
    const lies = join(folder, sha256.slice(0, 2), sha256)
    await chmod(lies, 0o600)
    await writeFile(lies, 'some bytez')
    await expect(objects.read(sha256)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await objects.put(bytes)).toBe(sha256)
    expect(Buffer.from(await objects.read(sha256)).toString()).toBe('some bytes')
    await rm(folder, { recursive: true })
  })
})
