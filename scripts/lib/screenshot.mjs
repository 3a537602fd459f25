import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

const pollMs = 200

/** Whether a PNG is complete: it ends with its IEND chunk (PNG specification §11.2.5). @param {Buffer} bytes */
export const isCompletePng = (bytes) =>
  bytes.length > 12 &&
  bytes.subarray(-8, -4).toString('latin1') === 'IEND' &&
  bytes.readUInt32BE(0) === 0x89504e47

/**
 * Waits until the app has written the picture of its window.
 *
 * @param {string} path
 * @param {{ timeoutMs: number, ended: Promise<unknown> }} options `ended`: the app's end, which ends the wait
 */
export async function waitForScreenshot(path, { timeoutMs, ended }) {
  let over = false
  void ended.then(() => (over = true))
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (isCompletePng(bytes)) return true
    if (over || Date.now() > deadline) return false
    await wait(pollMs)
  }
}
