import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { Parser } from 'tar'
import { describe, expect, it } from 'vitest'
import { toSkilletError } from '../../../src/shared/errors.ts'
import { nameProblem } from '../../../src/trust/entry-name.ts'
import { skillLimits } from '../../../src/trust/archive-limits.ts'
import {
  chunksOf,
  collect,
  readArchive,
  readArchiveEntries,
  readWholeTar,
} from '../../../src/trust/archive.ts'
import { gunzipOne, gunzipWhole } from '../../../src/trust/gunzip.ts'
import { tarEnd, tarHeader, tarPadding } from '../../../src/trust/tar-bytes.ts'

const folder = join(import.meta.dirname, '../../fixtures/archives')
const rows = readFileSync(join(folder, 'index.tsv'), 'utf8')
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file, , attempts, expected]) => ({ file: file!, attempts: attempts!, expected: expected! }))

const refusals = ['ARCHIVE_UNSAFE', 'TOO_LARGE']
const allowed: Record<string, string[]> = {
  accept: ['accept'],
  reject: refusals,
  either: ['accept', ...refusals],
}

describe('readArchive on the published set of hostile archives', () => {
  it('has a verdict for every fixture', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    expect(rows.map((row) => row.file).toSorted()).toEqual(files.toSorted())
  })

  it.each(rows)('$file ($attempts): $expected', async ({ file, expected }) => {
    const found = await readArchiveEntries(readFileSync(join(folder, file))).then(
      () => 'accept',
      (error: unknown) => toSkilletError(error).code,
    )
    expect(allowed[expected]).toContain(found)
  })
})

describe('read whole and at once', () => {
  const maxBytes = 1 << 28
  type Read = { path: string; size: number; executable: boolean; content: Uint8Array }[]
  const inPieces = async (packed: Buffer) => {
    const files: Read = []
    async function* source() {
      yield packed
    }
    await readArchive(source(), async (file, body) => {
      files.push({ ...file, content: await collect(body) })
    })
    return files
  }
  const atOnce = async (packed: Buffer) =>
    readWholeTar(gunzipWhole(packed, skillLimits.maxRatio, maxBytes), skillLimits)
  const verdictOf = (reading: Promise<Read>) =>
    reading.then(
      (files) => files.map((file) => ({ ...file, content: Buffer.from(file.content).toString('hex') })),
      (error: unknown) => toSkilletError(error).code,
    )

  it.each(rows)('$file ($attempts) is what it is in pieces: $expected', async ({ file, expected }) => {
    const packed = readFileSync(join(folder, file))
    const verdict = await verdictOf(atOnce(packed))
    expect(verdict).toEqual(await verdictOf(inPieces(packed)))
    // Whoever installs has no other program that reads along.
    expect(allowed[expected]).toContain(typeof verdict === 'string' ? verdict : 'accept')
  })

  it('refuses whatever is cut short, or has a byte more, or another one, as it does in pieces', async () => {
    const good = readFileSync(join(folder, '004-ok-long-pax.tgz'))
    const whole = await verdictOf(atOnce(good))
    for (let at = 0; at < good.length; at++) {
      const other = Buffer.from(good)
      other[at]! ^= 1 << (at % 8)
      for (const bytes of [good.subarray(0, at), Buffer.concat([good, good.subarray(0, at + 1)]), other]) {
        const verdict = await verdictOf(atOnce(bytes))
        expect(verdict).toEqual(await verdictOf(inPieces(bytes)))
        // Some bits of packed data, and behind the first four bytes those of a time and a system, change nothing.
        if (bytes === other && at >= 4 && typeof verdict !== 'string') expect(verdict).toEqual(whole)
        else expect(refusals).toContain(verdict)
      }
    }
  })

  it('takes no stored name without end', async () => {
    const good = readFileSync(join(folder, '004-ok-long-pax.tgz'))
    const named = (name: string) =>
      Buffer.concat([
        good.subarray(0, 3),
        Buffer.from([8]),
        good.subarray(4, 10),
        Buffer.from(name),
        good.subarray(10),
      ])
    expect(await verdictOf(inPieces(named(`${'n'.repeat(1024)}\0`)))).toEqual(await verdictOf(inPieces(good)))
    for (const name of [`${'n'.repeat(1025)}\0`, `${'n'.repeat(1 << 20)}\0`])
      for (const reading of [inPieces(named(name)), atOnce(named(name))])
        expect(await verdictOf(reading)).toBe('ARCHIVE_UNSAFE')
    // It is seen before there is an end.
    let given = 0
    async function* endless() {
      yield named('').subarray(0, 10)
      for (; given < 1000; given++) yield Buffer.alloc(1024, 'n')
    }
    await expect(collect(gunzipOne(endless(), 250))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' })
    expect(given).toBeLessThan(10)
  })

  it('unpacks no more than it may', () => {
    const packed = gzipSync(Buffer.alloc(3_000_000))
    expect(() => gunzipWhole(packed, 10_000, 2_999_999)).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    )
    expect(() => gunzipWhole(packed, 100, maxBytes)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
    expect(gunzipWhole(packed, 10_000, 3_000_000)).toHaveLength(3_000_000)
  })

  it('unpacks no more in pieces than its size allows, and sees that before the end', async () => {
    const packed = gzipSync(Buffer.alloc(64_000_000))
    async function unpack(maxRatio: number) {
      let unpacked = 0
      try {
        for await (const bytes of gunzipOne(chunksOf(packed), maxRatio)) unpacked += bytes.length
        return { verdict: 'accept', unpacked }
      } catch (error) {
        return { verdict: toSkilletError(error).code, unpacked }
      }
    }
    expect(await unpack(10_000)).toEqual({ verdict: 'accept', unpacked: 64_000_000 })
    const { verdict, unpacked } = await unpack(250)
    expect(verdict).toBe('TOO_LARGE')
    expect(unpacked).toBeLessThan(32_000_000)
  })
})

/** The paths that the `tar` package alone would hand to an extractor, or null when its strict mode refuses. */
async function acceptedByTarAlone(bytes: Uint8Array): Promise<string[] | null> {
  const paths: string[] = []
  return new Promise((resolve) => {
    const parser = new Parser({
      strict: true,
      onReadEntry(entry) {
        paths.push(entry.path)
        entry.resume()
      },
    })
    parser.on('error', () => resolve(null))
    parser.on('end', () => resolve(paths))
    parser.end(Buffer.from(bytes))
  })
}

describe('without our own checks', () => {
  it.each([
    ['path traversal', '016-path-dotdot-deep.tgz', 'a/b/../../../evil.txt'],
    ['an absolute path', '172-ustar-prefix-abs.tgz', '/tmp/evil.txt'],
    ['a link', '094-link-sym-abs.tgz', undefined],
    ['names that are one file on a Mac', '090-casefold-ligature.tgz', 'references/file.md'],
    ['a second archive behind the first', '194-gz-second-archive-after-eof.tgz', undefined],
  ])('the tar package, strict, lets %s through', async (_, file, evil) => {
    const paths = await acceptedByTarAlone(readFileSync(join(folder, file)))
    expect(paths).not.toBeNull()
    if (evil !== undefined) expect(paths).toContain(evil)
  })
})

describe('readArchive', () => {
  const good = readFileSync(join(folder, '004-ok-long-pax.tgz'))

  it('reads the same whatever pieces the bytes arrive in', async () => {
    const whole = await readArchiveEntries(good)
    async function* pieces(size: number) {
      for (let at = 0; at < good.length; at += size) yield good.subarray(at, at + size)
    }
    for (const size of [1, 2, 7, 511, 513]) {
      const found: { path: string; content: string }[] = []
      await readArchive(pieces(size), async (file, body) => {
        const parts: Uint8Array[] = []
        for await (const part of body) parts.push(part)
        found.push({ path: file.path, content: Buffer.concat(parts).toString() })
      })
      expect(found).toEqual(
        whole.map(({ path, content }) => ({ path, content: Buffer.from(content).toString() })),
      )
    }
  })

  /** Headers as our packer writes them, changed in one place, with their checksum made right. */
  const header = (path: string, edit: (block: Buffer) => void = () => undefined) => {
    const block = tarHeader({ path, size: 0, executable: false })
    edit(block)
    fixChecksum(block, 0)
    return block
  }
  const typed = (path: string, type: string) => header(path, (block) => void block.write(type, 156, 'latin1'))
  const sized = (path: string, size: number, type = '0') =>
    header(path, (head) => {
      head.write(type, 156, 'latin1')
      head.write(size.toString(8).padStart(11, '0'), 124, 'latin1')
    })
  const pax = (record: string, type = 'x') => [
    sized('pax', record.length, type),
    Buffer.from(record),
    tarPadding(record.length),
  ]
  const longName = (name: string) => pax(name, 'L')
  /** Something where the last block is filled up with zeros. */
  const hidden = (blocks: Buffer[]) => [
    ...blocks.slice(0, -1),
    Buffer.from(blocks.at(-1)!).fill('x', blocks.at(-1)!.length - 1),
  ]
  const read = async (...blocks: Buffer[]) =>
    readWholeTar(Buffer.concat([...blocks, header('SKILL.md'), tarEnd]), skillLimits)

  it.each<[string, Buffer[]]>([
    [
      'a folder by its slash that becomes a file by its extended name',
      [...pax('16 path=evil.sh\n'), header('d/')],
    ],
    ['an extended name that is empty', [...pax('8 path=\n'), typed('d/', '5')]],
    ['a top folder twice', [typed('./', '5'), typed('./', '5')]],
    ['a header of an unknown kind', [header('a', (block) => void block.write('ustar!', 257, 'latin1'))]],
    [
      'a plain file that names a link',
      [header('a', (block) => void block.write('/etc/passwd', 157, 'latin1'))],
    ],
    ['a link that names nothing', [typed('a', '2')]],
    ['a hard link that names nothing', [typed('a', '1')]],
    ['a long name of a link', [typed('a', 'K')]],
    ['a sparse file', [typed('a', 'S')]],
    ['a file whose pieces lie on several tapes', [typed('a', 'M')]],
    ['a mode above 07777', [header('a', (block) => void block.write('0120777\0', 100, 'latin1'))]],
    ['an owner in base-256', [header('a', (block) => void block.writeUInt8(0x80, 108))]],
    ['a group that is no number', [header('a', (block) => void block.write('zzzzzzz', 116, 'latin1'))]],
    ['a time that is no number', [header('a', (block) => void block.write('zzzzzzzzzzz', 136, 'latin1'))]],
    ['a device that is no number', [header('a', (block) => void block.write('zzzzzzz', 329, 'latin1'))]],
    [
      "bytes behind the end of an owner's name",
      [header('a', (block) => void block.write('root\0/../x', 265, 'latin1'))],
    ],
    ['two extended headers over one entry', [...pax('12 path=one\n'), ...pax('12 path=two\n'), header('a')]],
    ['an extended name, and a long one', [...pax('12 path=one\n'), ...longName('two\0'), header('a')]],
    ['a long name, and an extended one', [...longName('two\0'), ...pax('12 path=one\n'), header('a')]],
    ['a long name that goes on behind its end', [...longName('one\0two'), header('a')]],
    ['an extended header without anything in it', [...pax(''), header('a')]],
    ['an extended header for all, behind the first entry', [header('a'), ...pax('12 comment=\n', 'g')]],
    ['what hides behind an extended header', [...hidden(pax('12 path=one\n')), header('a')]],
    ['an extended name of a folder that is empty', [...pax('8 path=\n'), typed('d', '5')]],
    ['an extended header for all that names files', [...pax('12 path=one\n', 'g'), header('a')]],
    ['a length with a zero before it', [...pax('013 path=one\n'), header('a')]],
    ['a length that is too short', [...pax('11 path=one\n'), header('a')]],
    ['a record that ends in no new line', [...pax('12 path=one.'), header('a')]],
    ['a key twice', [...pax('12 path=one\n12 path=two\n'), header('a')]],
    ['a NUL where nobody looks', [...pax('12 uname=\0\0\n'), header('a')]],
    ['a name that leads out, hidden by another', [...pax('12 path=one\n'), header('../a')]],
    ['an absolute name, hidden by another', [...pax('12 path=one\n'), header('/etc/a')]],
    ['what hides behind a file', hidden([sized('a', 3), Buffer.from('abc'), tarPadding(3)])],
  ])('refuses %s', async (_, blocks) => {
    expect(toSkilletError(await read(...blocks).catch((error: unknown) => error)).code).toBe('ARCHIVE_UNSAFE')
  })

  it('takes what these are made of', async () => {
    const file = [sized('b', 3), Buffer.from('abc'), tarPadding(3)]
    const all = [
      ...pax('12 comment=\n', 'g'),
      ...pax('12 path=one\n'),
      header('a'),
      ...longName('two\0'),
      header('a'),
    ]
    const found = await read(...all, ...file)
    expect(found.map(({ path }) => path)).toEqual(['one', 'two', 'b', 'SKILL.md'])
  })

  it('takes as much padding as programs write, and not without end', async () => {
    const padded = (bytes: number) =>
      readWholeTar(Buffer.concat([header('SKILL.md'), tarEnd, Buffer.alloc(bytes)]), skillLimits)
    expect(padded(1024 * 1024)).toHaveLength(1)
    expect(() => padded(1024 * 1024 + 512)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
  })

  it('takes no archive without an end, without a file, or with a header without end', async () => {
    const verdict = (...blocks: Buffer[]) => {
      try {
        return readWholeTar(Buffer.concat(blocks), skillLimits).length
      } catch (error) {
        return toSkilletError(error).code
      }
    }
    const file = header('SKILL.md')
    expect(verdict(file, tarEnd)).toBe(1)
    expect(verdict(file)).toBe('ARCHIVE_UNSAFE')
    expect(verdict(file, tarEnd.subarray(512))).toBe('ARCHIVE_UNSAFE')
    expect(verdict(tarEnd)).toBe('ARCHIVE_UNSAFE')
    expect(verdict(typed('d/', '5'), tarEnd)).toBe('ARCHIVE_UNSAFE')
    const comment = (size: number) => pax(`${size} comment=${'c'.repeat(size - 15)}\n`)
    expect(verdict(...comment(65_536), file, tarEnd)).toBe(1)
    expect(verdict(...comment(65_537), file, tarEnd)).toBe('TOO_LARGE')
  })

  it('counts and measures what is in it', async () => {
    const limits = { maxEntries: 3, maxFileBytes: 1000, maxTotalBytes: 1500, maxRatio: 1 }
    const verdict = (...sizes: number[]) => {
      const files = sizes.flatMap((size, at) => [sized(`f${at}`, size), Buffer.alloc(size), tarPadding(size)])
      try {
        return readWholeTar(Buffer.concat([...files, tarEnd]), limits).length
      } catch (error) {
        return toSkilletError(error).code
      }
    }
    expect(verdict(0, 0, 0)).toBe(3)
    expect(verdict(0, 0, 0, 0)).toBe('TOO_LARGE')
    expect(verdict(1000)).toBe(1)
    expect(verdict(1001)).toBe('TOO_LARGE')
    expect(verdict(750, 750)).toBe(2)
    expect(verdict(750, 751)).toBe('TOO_LARGE')
  })

  it('takes a top folder once, and a long name of a folder that is cut off before its slash', async () => {
    const long = `${'l'.repeat(60)}/${'m'.repeat(60)}/`
    const cut = typed(long.slice(0, 100), '5')
    const found = await read(typed('./', '5'), ...pax(`132 path=${long}\n`), cut)
    expect(found.map(({ path }) => path)).toEqual(['SKILL.md'])
  })

  it('refuses every archive that is cut short', async () => {
    for (let length = 0; length < good.length; length += 3) {
      const error = await readArchiveEntries(good.subarray(0, length)).catch(toSkilletError)
      expect((error as { code?: string }).code).toBe('ARCHIVE_UNSAFE')
    }
  })

  it("passes on what the consumer throws, and copes with one that doesn't read", async () => {
    async function* all() {
      yield good
    }
    const failure = new Error('disk')
    await expect(readArchive(all(), () => Promise.reject(failure))).rejects.toBe(failure)
    const seen: string[] = []
    await readArchive(all(), async (file) => void seen.push(file.path))
    expect(seen).toHaveLength(2)
  })

  it('ends in safe names or a refusal, whichever bytes of the tar are changed', async () => {
    const tar = gunzipSync(good)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, fixChecksums) => {
          const bytes = Buffer.from(tar)
          for (const [at, value] of changes) bytes[at] = value
          if (fixChecksums) for (let at = 0; at < bytes.length; at += 512) fixChecksum(bytes, at)
          const result = await readArchiveEntries(gzipSync(bytes)).catch(toSkilletError)
          if (!Array.isArray(result)) expect(refusals).toContain(result.code)
          else for (const { path } of result) expect(nameProblem(path)).toBeNull()
        },
      ),
      { numRuns: 300 },
    )
  })
})

function fixChecksum(tar: Buffer, at: number): void {
  const header = tar.subarray(at, at + 512)
  if (header.toString('latin1', 257, 262) !== 'ustar') return
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
