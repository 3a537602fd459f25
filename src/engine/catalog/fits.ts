import type { z } from 'zod'
import { requiresSchema } from '../../shared/skill-manifest.ts'
import type { Hardware } from '../../shared/hardware.ts'
import { matchRequirements } from '../probe/match.ts'

/**
 * Whether a computer meets the requirements at a position of `requirements` (see SearchIndex). Each is looked at once
 * for the same computer. What can't be read isn't met.
 */
export function createFits(
  requirements: readonly string[],
): (hardware: Hardware) => (requirement: number) => boolean {
  let known: { computer: string; verdicts: Map<number, boolean> } | null = null
  return (hardware) => {
    const computer = JSON.stringify(hardware)
    if (known?.computer !== computer) known = { computer, verdicts: new Map() }
    const { verdicts } = known
    return (requirement) => {
      let ok = verdicts.get(requirement)
      if (ok === undefined) {
        const requires = parseRequires(requirements[requirement]!)
        ok = requires !== null && matchRequirements(requires, hardware).ok
        verdicts.set(requirement, ok)
      }
      return ok
    }
  }
}

/** Names of all programs in `requirements`. */
export function programsOf(requirements: readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of requirements) for (const name of parseRequires(text)?.executables ?? []) names.add(name)
  return [...names]
}

/** Null for what is malformed: whoever reads an entry of these requirements is told. */
function parseRequires(text: string): z.infer<typeof requiresSchema> | null {
  try {
    return requiresSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
