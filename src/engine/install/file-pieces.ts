import { open } from 'node:fs/promises'

/**
 * A file from its start to its end, in pieces that stay as they are until the next one is asked for: two buffers take
 * turns, and while one is worked on the other is read into.
 */
export async function* filePieces(path: string, pieceBytes: number): AsyncGenerator<Buffer, void> {
  const file = await open(path, 'r')
  let reading: Promise<unknown> = Promise.resolve()
  try {
    let [buffer, other] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)]
    const read = (into: Buffer, at: number) => {
      const next = file.read(into, 0, pieceBytes, at)
      // Who comes back for it hears of an error; who doesn't, needn't.
      next.catch(() => undefined)
      reading = next
      return next
    }
    let next = read(buffer, 0)
    for (let at = 0; ;) {
      const { bytesRead } = await next
      if (bytesRead === 0) return
      at += bytesRead
      next = read(other, at)
      yield buffer.subarray(0, bytesRead)
      ;[buffer, other] = [other, buffer]
    }
  } finally {
    // The system may still be reading into a buffer.
    await reading.catch(() => undefined)
    await file.close()
  }
}
