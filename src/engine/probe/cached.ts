import type { Hardware } from '../../shared/hardware.ts'
import { probeHardware } from './probe.ts'
import { findProgram } from './programs.ts'

const KEEP_MS = 60_000

/**
 * The probe, asked at most once a minute: memory and graphics don't change while somebody types into the search field.
 * Programs are looked for at each call, since installing one is how a person meets a requirement. What hasn't changed is
 * the same object.
 */
export function createHardwareProbe(
  home: string,
  now: () => number = Date.now,
): (programs: readonly string[]) => Promise<Hardware> {
  let known: { hardware: Promise<Hardware>; at: number } | null = null
  let answered: { of: Hardware; found: string; hardware: Hardware } | null = null
  return async (programs) => {
    if (known === null || now() - known.at > KEEP_MS) {
      known = { hardware: probeHardware({ home, programs: [] }), at: now() }
    }
    const hardware = await known.hardware
    const found = await Promise.all(
      [...new Set(programs)].map(async (name) => [name, await findProgram(name)] as const),
    )
    const text = found.length === 0 ? '' : JSON.stringify(found)
    if (answered?.of === hardware && answered.found === text) return answered.hardware
    const executables = Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null))
    answered = { of: hardware, found: text, hardware: { ...hardware, executables } }
    return answered.hardware
  }
}
