import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { sha256Hex } from '../../trust/digest.ts'
import { filePieces } from './file-pieces.ts'
import { throwIfCancelled } from './step-hooks.ts'

const pieceBytes = 1024 * 1024

/**
 * SHA-256 of a file of exactly `size` bytes in lower-case hex; null for a file of another size.
 * @throws SkilletError CANCELLED
 */
export async function digestFile(
  path: string,
  size: number,
  { signal, onRead }: { signal?: AbortSignal | undefined; onRead?: (bytes: number) => void } = {},
): Promise<string | null> {
  if ((await stat(path)).size !== size) return null
  if (size <= pieceBytes) return digestSmall(path, size)
  const hash = createHash('sha256')
  let done = 0
  for await (const piece of filePieces(path, Math.min(pieceBytes, size + 1))) {
    throwIfCancelled(signal)
    hash.update(piece)
    done += piece.length
    onRead?.(done)
  }
  // It may have grown since it was looked at.
  return done === size ? hash.digest('hex') : null
}

async function digestSmall(path: string, size: number): Promise<string | null> {
  const content = await readFile(path)
  return content.length === size ? sha256Hex(content) : null
}
