import { gunzipSync } from 'node:zlib'
import { Parser } from 'tar'
import type { ReleaseFile } from '../../../src/shared/release.ts'
import { sha256Hex } from '../../../src/trust/digest.ts'
import { plainPath } from '../../../src/trust/tar-reader.ts'

/**
 * What a release would list if its publisher had signed whatever a lenient program finds in this archive, links as if
 * they were files included: then only the reader stands between the archive and the disk.
 */
export async function lenientListing(packed: Uint8Array): Promise<ReleaseFile[]> {
  let tar: Buffer
  try {
    tar = gunzipSync(packed, { maxOutputLength: 8 * 1024 * 1024 })
  } catch {
    return []
  }
  const files = new Map<string, ReleaseFile>()
  await new Promise<void>((resolve) => {
    const parser = new Parser({
      onReadEntry(entry) {
        const parts: Buffer[] = []
        entry.on('data', (part: Buffer) => parts.push(part))
        entry.on('end', () => {
          if (entry.type === 'Directory') return
          const path = plainPath(entry.path, 'file') ?? '.'
          const content = Buffer.concat(parts)
          files.set(path, {
            path,
            size: content.length,
            sha256: sha256Hex(content),
            executable: ((entry.mode ?? 0) & 0o100) !== 0,
          })
        })
      },
    })
    parser.on('end', resolve)
    parser.on('error', () => resolve())
    try {
      parser.end(tar)
    } catch {
      // Of some archives it doesn't complain but throws: what it found until then is what it found.
      resolve()
    }
  })
  return [...files.values()]
}
