import { createNeedles } from '../secrets/needles.ts'

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
  const values = Object.fromEntries(guarded.map(([name, { value }]) => [name, value]))
  const needles = guarded.length > 0 ? createNeedles(values, true) : null
  let held = ''
  return (data) => {
    if (needles === null) return null
    held += data.toString('latin1')
    const { hits, undecided } = needles.find(held, '', false)
    held = held.slice(undecided)
    return hits[0]?.name ?? null
  }
}
