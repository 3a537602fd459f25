import { needlesOf } from '../secrets/needles.ts'

/** A key that a run holds. */
export interface GuardedKey {
  readonly value: string
  /** Where it may be sent, as its manifest says: `name`, or `name:port`. */
  readonly hosts: readonly string[]
}

/**
 * Watches bytes that leave without encryption, for any form of a key that a run holds. Such a key may go only where its
 * manifest names the host with this very port: whoever writes `api.example.com` means an encrypted connection. The
 * result takes the stream piece by piece and answers with the name of the first key that it finds, else null.
 */
export function createKeyGuard(
  keys: Readonly<Record<string, GuardedKey>>,
  place: string,
): (data: Buffer) => string | null {
  const guarded = Object.entries(keys).filter(([, { hosts }]) => !hosts.includes(place))
  const needles = needlesOf(Object.fromEntries(guarded.map(([name, { value }]) => [name, value]))).map(
    ({ name, text }) => ({ name, bytes: Buffer.from(text, 'utf8') }),
  )
  const longest = Math.max(0, ...needles.map(({ bytes }) => bytes.length))
  let before: Buffer = Buffer.alloc(0)
  return (data) => {
    if (longest === 0) return null
    const seen = Buffer.concat([before, data])
    before = seen.subarray(Math.max(0, seen.length - longest + 1))
    return needles.find(({ bytes }) => seen.includes(bytes))?.name ?? null
  }
}
