import { randomBytes } from 'node:crypto'
import { SkilletError } from '../../../shared/errors.ts'
import { createThread } from '../../thread/thread.ts'
import type { Argon2Calls } from './argon2-thread.ts'
// See scripts/lib/thread-files.mjs.
import threadFile from 'thread:./argon2-thread.ts'
import type { Kdf } from './format.ts'

/** Turns a passphrase into a key, slowly on purpose. */
export interface PassphraseKeys {
  /** 32 bytes, which the caller zeroes. */
  derive(passphrase: string, kdf: Kdf): Promise<Buffer>
  /** What a new vault on this computer is to cost, with a new salt. */
  newKdf(): Promise<Kdf>
  close(): Promise<void>
}

/** What somebody who tries passphrases has to spend on each, in milliseconds of this computer. */
const leastMs = 250
/** Measured on a busy computer, a pass looks slower than it is. */
const margin = 1.3
/** 64 MiB, the memory of RFC 9106's second recommendation (§4): more of it hurts graphics cards more than more passes do. */
const memoryKib = 65_536

/** Argon2id in a thread of its own. `least` replaces the tuned cost, for tests that are about something else. */
export function createPassphraseKeys({
  fixed,
}: { fixed?: Pick<Kdf, 'memoryKib' | 'passes'> } = {}): PassphraseKeys {
  const thread = createThread<Argon2Calls>(threadFile, { name: 'argon2', idleMs: 2000 })
  const tuned = async () => {
    const cost = { memoryKib: memoryKib / 4, passes: 1, lanes: 1 } as const
    const passMs = 4 * (await thread.call('measure', { cost, tries: 3 }))
    return { memoryKib, passes: Math.min(64, Math.max(1, Math.ceil((leastMs * margin) / passMs))) }
  }
  return {
    async derive(passphrase, kdf) {
      // NFKC: the same keys pressed on another system may give other code points (RFC 8265 §4.2.2 has NFC for the same).
      const bytes = Buffer.from(passphrase.normalize('NFKC'), 'utf8')
      try {
        const key = await thread.call('derive', { passphrase: bytes, kdf })
        return Buffer.from(key.buffer, key.byteOffset, key.byteLength)
      } finally {
        bytes.fill(0)
      }
    },
    newKdf: async () => ({
      name: 'argon2id',
      ...(fixed ?? (await tuned())),
      lanes: 1,
      salt: randomBytes(16).toString('base64url'),
    }),
    close: () => thread.close(),
  }
}

/** NIST SP 800-63B asks for eight characters at least; here guessing isn't slowed by anybody but Argon2id. */
export const leastPassphraseLength = 10

/** @throws SkilletError INPUT_INVALID */
export function assertPassphrase(passphrase: string): void {
  const characters = Array.from(passphrase.normalize('NFKC'))
  if (characters.length < leastPassphraseLength || characters.length > 1024)
    throw new SkilletError(
      'INPUT_INVALID',
      `A passphrase has at least ${leastPassphraseLength} characters, best several words.`,
    )
  if (new Set(characters).size < 4)
    throw new SkilletError('INPUT_INVALID', 'A passphrase of so few different characters is guessed at once.')
}
