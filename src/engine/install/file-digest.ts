import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { throwIfCancelled } from './step-hooks.ts'

const pieceBytes = 1024 * 1024

/**
 * SHA-256 of a file of exactly `size` bytes in lower-case hex; null for a file of another size. One piece is hashed while
 * the next is read.
 * @throws SkilletError CANCELLED
 */
export async function digestFile(
  path: string,
  size: number,
  { signal, onRead }: { signal?: AbortSignal | undefined; onRead?: (bytes: number) => void } = {},
): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    if ((await file.stat()).size !== size) return null
    const hash = createHash('sha256')
    const length = Math.min(pieceBytes, Math.max(size, 1))
    let [buffer, other] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)]
    let done = 0
    let reading = file.read(buffer, 0, length, 0)
    for (;;) {
      throwIfCancelled(signal)
      const { bytesRead } = await reading
      if (bytesRead === 0) break
      const at = done + bytesRead
      reading = file.read(other, 0, length, at)
      reading.catch(() => undefined)
      hash.update(buffer.subarray(0, bytesRead))
      done = at
      onRead?.(done)
      ;[buffer, other] = [other, buffer]
    }
    return done === size ? hash.digest('hex') : null
  } finally {
    await file.close()
  }
}
