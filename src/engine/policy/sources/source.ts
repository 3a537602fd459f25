import { SkilletError } from '../../../shared/errors.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { problemsInWords, type ParsedPolicy } from '../../../shared/parse-managed-policy.ts'

/** One place where administrators may have left a policy. */
export interface PolicySource {
  /** Where it is, for a person: a path, or a key of the registry. */
  readonly place: string
  /** Anew at each call; null where there is none. @throws SkilletError POLICY_INVALID */
  read(): Promise<ManagedPolicy | null>
}

/** @throws SkilletError POLICY_INVALID, which names every problem's key and line */
export function policyOrThrow(place: string, parsed: ParsedPolicy): ManagedPolicy {
  if (parsed.ok) return parsed.policy
  throw invalidPolicy(place, `is not valid: ${problemsInWords(parsed.problems)}`)
}

/** A limit that can't be read must stop, not vanish. */
export function invalidPolicy(place: string, problem: string, cause?: unknown): SkilletError {
  return new SkilletError('POLICY_INVALID', `The administrators' policy, ${place}, ${problem}.`, {
    remedy: 'Ask your administrator to put it right; until then nothing installs or runs.',
    cause,
  })
}
