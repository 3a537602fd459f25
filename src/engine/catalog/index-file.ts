import { createHash } from 'node:crypto'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { categories } from '../../shared/skill-manifest.ts'
import type { SearchIndex } from './search-index.ts'

/** Changes whenever the same catalog would give another index. */
const format = 1
const digestBytes = 32
/** Typed arrays can't start just anywhere. */
const alignment = 8

const arrays = {
  starts: Uint32Array,
  ends: Uint32Array,
  byTitle: Uint32Array,
  category: Uint8Array,
  requires: Uint32Array,
  words: Uint8Array,
  wordStarts: Uint32Array,
  postingStarts: Uint32Array,
  postings: Uint32Array,
}
type ArrayName = keyof typeof arrays
const names = Object.keys(arrays) as ArrayName[]

const headSchema = z.object({
  format: z.literal(format),
  catalog: z.string(),
  categories: z.array(z.string()),
  requirements: z.array(z.string()),
  /** Bytes of each array, in the order of `arrays`. */
  sizes: z.array(z.number().int().nonnegative()).length(names.length),
})

/**
 * The index of the catalog with this digest, as an earlier start left it; null where there is none or it is damaged.
 * The file is digest of the rest · length of the head (32 bits) · head (JSON) · arrays. It is a cache on this computer, no
 * message from anybody: what it leads to is still read from the verified catalog.
 */
export async function readIndexFile(path: string, catalogSha256: string): Promise<SearchIndex | null> {
  const bytes = await readWhole(path)
  if (bytes === null || bytes.length < digestBytes + 4) return null
  const content = bytes.subarray(digestBytes)
  if (!createHash('sha256').update(content).digest().equals(bytes.subarray(0, digestBytes))) return null
  const headEnd = digestBytes + 4 + content.readUInt32LE()
  const head = headSchema.safeParse(JSON.parse(bytes.toString('utf8', digestBytes + 4, headEnd)))
  if (!head.success || head.data.catalog !== catalogSha256) return null
  if (head.data.categories.join() !== categories.join()) return null

  let at = headEnd
  const found = names.map((name, index) => {
    at = aligned(at)
    const size = head.data.sizes[index] ?? 0
    const type = arrays[name]
    const array = new type(bytes.buffer, bytes.byteOffset + at, size / type.BYTES_PER_ELEMENT)
    at += size
    return [name, array] as const
  })
  return {
    ...(Object.fromEntries(found) as unknown as Pick<SearchIndex, ArrayName>),
    requirements: head.data.requirements,
  }
}

/** Replaces what is there. A torn file is no harm: readIndexFile sees it. */
export async function writeIndexFile(path: string, catalogSha256: string, index: SearchIndex): Promise<void> {
  const head: z.infer<typeof headSchema> = {
    format,
    catalog: catalogSha256,
    categories: [...categories],
    requirements: [...index.requirements],
    sizes: names.map((name) => index[name].byteLength),
  }
  const headBytes = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(headBytes.length)
  const parts: Uint8Array[] = [length, headBytes]
  let at = digestBytes + length.length + headBytes.length
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = index[name]
    parts.push(Buffer.alloc(aligned(at) - at), new Uint8Array(buffer, byteOffset, byteLength))
    at = aligned(at) + byteLength
  }
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.part`
  await writeFile(temporary, [hash.digest(), ...parts])
  await rename(temporary, path)
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment
}

/** In memory of its own, so that arrays can start at multiples of their size in it. */
async function readWhole(path: string): Promise<Buffer<ArrayBuffer> | null> {
  let file
  try {
    file = await open(path, 'r')
    const { size } = await file.stat()
    const bytes = Buffer.allocUnsafeSlow(size)
    const { bytesRead } = await file.read(bytes, 0, size, 0)
    return bytesRead === size ? bytes : null
  } catch {
    // Not there yet, or not to be read: either way the index is made again, and writing it says what is wrong.
    return null
  } finally {
    await file?.close()
  }
}
