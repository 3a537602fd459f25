import { constants, gunzipSync, gzipSync } from 'node:zlib'
import type { Random } from './random.ts'

const block = 512

/** The fields of a header block (POSIX ustar): where, how long. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  owner: [265, 64],
  device: [329, 16],
  prefix: [345, 155],
  rest: [500, 12],
} as const

/** Names that must never be followed; `canary` is a folder that nothing may appear in. */
const evilNames = (canary: string) => [
  `${canary}/absolute`,
  '../escaped',
  '../../escaped',
  'a/../../escaped',
  './../escaped',
  '..\\escaped',
  '..',
  '.',
  '/',
  '',
  'SKILL.md',
  'skill.MD',
  'SKILL.md/inside',
  'SKILL.md/',
  'con',
  'a:b',
  'name\0hidden',
  'e\u0301.md',
  '\u2025/escaped',
  'x'.repeat(99),
]

/** A gzipped tar, changed in a few ways. Sizes stay moderate. */
export function mutateArchive(
  random: Random,
  packed: Buffer,
  others: readonly Buffer[],
  canary: string,
): Buffer {
  const tar = unpack(packed)
  if (tar === null || random.chance(0.25)) return mutateBytes(random, packed, others)
  let changed: Buffer = Buffer.from(tar)
  for (let times = 1 + random.below(3); times > 0; times--)
    changed = mutateTar(random, changed, others, canary)
  if (random.chance(0.9)) fixChecksums(changed)
  const repacked = repack(random, changed)
  return random.chance(0.1) ? mutateBytes(random, repacked, others) : repacked
}

function unpack(packed: Buffer): Buffer | null {
  try {
    return gunzipSync(packed, { maxOutputLength: 4 * 1024 * 1024 })
  } catch {
    // Not gzip, or a bomb: its bytes can be mutated all the same.
    return null
  }
}

function mutateBytes(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  const copy = Buffer.from(bytes)
  const at = random.below(copy.length + 1)
  switch (random.below(7)) {
    case 0:
      for (let times = 1 + random.below(8); times > 0 && copy.length > 0; times--)
        copy[random.below(copy.length)]! ^= 1 << random.below(8)
      return copy
    case 1:
      return copy.subarray(0, at)
    case 2:
      return Buffer.concat([copy.subarray(0, at), random.bytes(random.below(64)), copy.subarray(at)])
    case 3:
      return Buffer.concat([copy, random.pick(others)])
    case 4:
      return Buffer.concat([copy, random.chance(0.5) ? Buffer.alloc(random.below(1024)) : random.bytes(8)])
    case 5: {
      const other = random.pick(others)
      return Buffer.concat([copy.subarray(0, at), other.subarray(random.below(other.length + 1))])
    }
    default:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(random.below(copy.length + 1))])
  }
}

function mutateTar(random: Random, tar: Buffer, others: readonly Buffer[], canary: string): Buffer {
  const blocks = Math.floor(tar.length / block)
  if (blocks === 0) return Buffer.concat([tar, random.bytes(block)])
  const headers = headersOf(tar)
  const at = (headers.length > 0 ? random.pick(headers) : random.below(blocks)) * block
  const anywhere = random.below(blocks + 1) * block
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      mutateField(random, tar.subarray(at, at + block), canary)
      return tar
    case 3:
      // The same entry again, somewhere.
      return insert(tar, anywhere, tar.subarray(at, at + entryLength(tar, at)))
    case 4:
      return insert(tar, at, metaEntry(random, canary))
    case 5:
      return Buffer.concat([tar.subarray(0, at), tar.subarray(at + entryLength(tar, at))])
    case 6:
      return insert(tar, anywhere, random.chance(0.5) ? Buffer.alloc(block) : random.bytes(block))
    case 7:
      tar[random.below(tar.length)]! ^= 1 << random.below(8)
      return tar
    case 8:
      return tar.subarray(0, random.chance(0.7) ? anywhere : random.below(tar.length + 1))
    default:
      return insert(tar, anywhere, unpack(random.pick(others)) ?? Buffer.alloc(block))
  }
}

function mutateField(random: Random, header: Buffer, canary: string): void {
  const [name, [at, length]] = random.pick(Object.entries(fields))
  const field = header.subarray(at, at + length)
  const put = (text: string) => {
    field.fill(0)
    field.write(text.slice(0, length), 'utf8')
  }
  if (name === 'type') put(random.pick([...'01234567xgLKSDMNVAXZ', '\0', '\x7f']))
  else if (['name', 'linkName', 'prefix'].includes(name)) put(random.pick(evilNames(canary)))
  else if (name === 'magic') random.bytes(length).copy(field, 0, 0, 1 + random.below(length))
  else
    put(
      random.pick([
        '0'.repeat(length - 1),
        '7'.repeat(length),
        random
          .below(4096)
          .toString(8)
          .padStart(length - 1, '0'),
        ' '.repeat(length),
        '-1',
        '\x80\0\0\0\0\0\0\0\0\0\x02\0',
        '0004755',
        '1e3',
      ]),
    )
}

/** An extended header, well-formed or nearly so. */
function metaEntry(random: Random, canary: string): Buffer {
  const type = random.pick(['x', 'x', 'x', 'g', 'L', 'K'])
  const name = random.pick(evilNames(canary))
  const records = [
    ['path', name],
    ['size', String(random.pick([0, 1, 511, 512, 10_000, 2 ** 40]))],
    ['linkpath', name],
    ['mtime', '1.5'],
    ['GNU.sparse.realsize', '100'],
    ['SCHILY.xattr.user.a', 'b'],
    ['comment', 'hello'],
  ] as const
  const some = Array.from({ length: 1 + random.below(3) }, () => random.pick(records))
  const body = ['L', 'K'].includes(type)
    ? `${name}${random.pick(['\0', '', '\0x'])}`
    : some.map(([key, value]) => paxRecord(key, value, random.chance(0.1) ? 1 : 0)).join('')
  const content = Buffer.from(body)
  const header = Buffer.alloc(block)
  header.write('././@PaxHeader')
  header.write('0000644\0', 100)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write(type, 156)
  header.write('ustar\x0000', 257, 'latin1')
  return Buffer.concat([header, content, Buffer.alloc(-content.length & (block - 1))])
}

function paxRecord(key: string, value: string, wrong: number): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + 1
  while (String(length).length + bytes !== length) length++
  return `${length + wrong}${rest}`
}

function insert(tar: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([tar.subarray(0, at), bytes, tar.subarray(at)])
}

/** Numbers of the blocks that look like headers. */
function headersOf(tar: Buffer): number[] {
  const found: number[] = []
  for (let at = 0; at + block <= tar.length; at += block)
    if (tar.toString('latin1', at + 257, at + 262) === 'ustar') found.push(at / block)
  return found
}

function entryLength(tar: Buffer, at: number): number {
  const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8) || 0
  return block + Math.ceil(Math.min(size, tar.length) / block) * block
}

function fixChecksums(tar: Buffer): void {
  for (const number of headersOf(tar)) {
    const header = tar.subarray(number * block, (number + 1) * block)
    header.fill(0x20, 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
}

function repack(random: Random, tar: Buffer): Buffer {
  const level = random.pick([0, 1, 6, 9])
  const strategy = random.pick([
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ])
  const packed = gzipSync(tar, { level, strategy })
  switch (random.below(12)) {
    case 0: {
      // Two members, each a part of the archive.
      const at = random.below(tar.length + 1)
      return Buffer.concat([gzipSync(tar.subarray(0, at)), gzipSync(tar.subarray(at))])
    }
    case 1:
      packed[3] = random.below(256)
      return packed
    case 2:
      // A stored name.
      packed[3] = 0x08
      return Buffer.concat([packed.subarray(0, 10), Buffer.from('name.tar\0'), packed.subarray(10)])
    case 3:
      packed[packed.length - 1 - random.below(8)]! ^= 1 << random.below(8)
      return packed
    default:
      return packed
  }
}
