import { argon2id } from '@noble/hashes/argon2.js'
import { serveThread } from '../../thread/serve.ts'
import type { Kdf } from './format.ts'

type Cost = Pick<Kdf, 'memoryKib' | 'passes' | 'lanes'>

const calls = {
  /** 32 bytes (RFC 9106, version 0x13). */
  derive({ passphrase, kdf }: { passphrase: Uint8Array; kdf: Kdf }): Uint8Array {
    try {
      return hash(passphrase, Buffer.from(kdf.salt, 'base64url'), kdf)
    } finally {
      passphrase.fill(0)
    }
  },
  /**
   * Milliseconds that this cost takes here, the least of a few tries: whatever else runs must not make it look slower, and
   * so cheaper in the end. What this process used of the processor leaves out the time in which other programs had it.
   */
  measure({ cost, tries }: { cost: Cost; tries: number }): number {
    const took = Array.from({ length: tries }, () => {
      const [from, used] = [performance.now(), process.cpuUsage()]
      hash(new Uint8Array(16), new Uint8Array(16), cost)
      const passed = performance.now() - from
      const { user, system } = process.cpuUsage(used)
      // Windows counts it in steps of 16 ms.
      return process.platform === 'win32' ? passed : Math.min(passed, (user + system) / 1000)
    })
    return Math.min(...took)
  },
}
export type Argon2Calls = typeof calls

function hash(passphrase: Uint8Array, salt: Uint8Array, { memoryKib, passes, lanes }: Cost): Uint8Array {
  return argon2id(passphrase, salt, {
    m: memoryKib,
    t: passes,
    p: lanes,
    version: 0x13,
    dkLen: 32,
    maxmem: 2 ** 31,
  })
}

serveThread(calls)
