import { join } from 'node:path'
import { withFileLock } from '../engine/audit/file-lock.ts'
import { SkilletError } from '../shared/errors.ts'
import { readDiscovery } from './discovery.ts'

/** Long enough to take over the lock of a process that was killed. */
const waitMs = 1_000

/**
 * One process of this person's speaks to agents for a home at a time. Resolves to what gives the place up.
 * @throws SkilletError BUSY, which says who has it
 */
export async function takeHostLock(home: string): Promise<() => Promise<void>> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let taken = () => {}
  const isTaken = new Promise<void>((resolve) => (taken = resolve))
  const held = withFileLock(
    join(home, 'bridge.lock'),
    () => {
      taken()
      return released
    },
    waitMs,
  )
  try {
    await Promise.race([isTaken, held])
  } catch (error) {
    throw await nameHolder(home, error)
  }
  return () => {
    release()
    return held
  }
}

async function nameHolder(home: string, error: unknown): Promise<unknown> {
  if (!(error instanceof SkilletError) || error.code !== 'BUSY') return error
  const there = await readDiscovery(home).catch(() => null)
  const who =
    there === null
      ? 'Another Skillet'
      : `${there.program === 'app' ? 'The Skillet app' : 'Another skillet serve'} (process ${there.pid})`
  return new SkilletError('BUSY', `${who} speaks to agents on this computer already.`, {
    remedy: 'Use that one, or close it first.',
    cause: error,
  })
}
