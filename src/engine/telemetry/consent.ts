import type { TelemetryStatus } from '../../shared/contract/telemetry.ts'

export type Choice = 'on' | 'off'

/** Who keeps statistics from being sent, whatever the person chose; null: nobody. */
export type ForbiddenBy = TelemetryStatus['forbiddenBy']

/** Values that say "no" to a variable that switches something on. */
const no = new Set(['', '0', 'false', 'no', 'off'])

/** The variable of the environment that forbids it, null for none. See consoledonottrack.com for `DO_NOT_TRACK`. */
export function forbiddingVariable(env: NodeJS.ProcessEnv): string | null {
  const ours = env['RECIPES_TELEMETRY']?.trim().toLowerCase()
  if (ours !== undefined && ours !== '' && no.has(ours)) return 'RECIPES_TELEMETRY'
  const general = env['DO_NOT_TRACK']?.trim().toLowerCase()
  if (general !== undefined && !no.has(general)) return 'DO_NOT_TRACK'
  return null
}

/**
 * Whether statistics may be kept and sent. Nobody has to have said no: until the person has chosen, or the administrators
 * for them, it is off. Whoever forbids it has the last word.
 */
export function consentOf({
  choice,
  env,
  managed,
}: {
  /** What the person chose; null: nothing yet. */
  choice: Choice | null
  env: NodeJS.ProcessEnv
  /** What the administrators decided; null: nothing, or there are none. */
  managed: Choice | null
}): Pick<TelemetryStatus, 'on' | 'choice' | 'forbiddenBy' | 'managed'> {
  const variable = forbiddingVariable(env)
  const forbiddenBy: ForbiddenBy =
    managed === 'off' ? { who: 'policy' } : variable === null ? null : { who: 'environment', variable }
  const wanted = managed ?? choice
  return { on: forbiddenBy === null && wanted === 'on', choice, forbiddenBy, managed: managed !== null }
}
