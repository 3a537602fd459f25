import { Option } from 'commander'
import { capabilities, isCapability, type Capability } from '../shared/capability.ts'
import { SkilletError } from '../shared/errors.ts'

/** `--grant` flags, read: a scope of null means as declared. */
export type GrantFlags = Partial<Record<Capability, string[] | null>>

/** Reads `CAPABILITY[=SCOPE[,SCOPE…]]`, repeatable. Throws USAGE for a capability that does not exist. */
export function parseGrantFlags(flags: readonly string[]): GrantFlags {
  const granted: GrantFlags = {}
  for (const flag of flags) {
    const equals = flag.indexOf('=')
    const capability = equals < 0 ? flag : flag.slice(0, equals)
    if (!isCapability(capability))
      throw new SkilletError('USAGE', `There is no capability named ${capability}.`, {
        remedy: `Use one of ${capabilities.join(', ')}.`,
      })
    if (equals < 0) granted[capability] = null
    else {
      const scope = flag
        .slice(equals + 1)
        .split(',')
        .filter((part) => part !== '')
      if (granted[capability] !== null) granted[capability] = [...(granted[capability] ?? []), ...scope]
    }
  }
  return granted
}

/** `--for once|always`: how long what is allowed on this command line counts. "Until Skillet is closed" is the window's. */
export function lifeOption(): Option {
  return new Option('--for <how-long>', 'how long what you allow counts: for the next run, or always')
    .choices(['once', 'always'])
    .conflicts('once')
}

/** `--once`: the same as `--for once`. */
export function onceOption(): Option {
  return new Option('--once', 'what you allow counts for the next run only')
}

export interface LifeFlags {
  readonly for?: 'once' | 'always'
  readonly once?: boolean
}

export function lifeOf(flags: LifeFlags): 'once' | 'always' {
  return flags.once === true ? 'once' : (flags.for ?? 'always')
}

/** Refuses a scope that the skill never declared: it would look granted and mean nothing. Throws USAGE. */
export function assertDeclaredScope(
  capability: Capability,
  scope: readonly string[],
  declared: readonly string[],
): void {
  const strangers = scope.filter((part) => !declared.includes(part))
  if (strangers.length > 0)
    throw new SkilletError('USAGE', `The skill does not ask for ${capability}=${strangers.join(',')}.`, {
      remedy: declared.length > 0 ? `It asks for ${declared.join(', ')}.` : `Use --grant ${capability}.`,
    })
}

/** For options that may be given several times. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}
