import { invalid } from './refusal.ts'
import type { TufSource } from './source.ts'

/**
 * One metadata file, whole; null where the source has none. Whoever sends more than `limit` bytes is cut off there: an
 * endless answer costs no more than that.
 * @throws SkilletError METADATA_INVALID, and what the source throws
 */
export async function readCapped(source: TufSource, name: string, limit: number): Promise<Buffer | null> {
  const stream = await source.open('metadata', name)
  if (stream === null) return null
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > limit) throw invalid(`${name} is longer than the ${limit} bytes that it may have`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
