import { satisfies } from 'semver'
import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'

/** Whom a rule can be about. */
interface Ruled {
  readonly slug: string
  readonly version: string
  readonly publisher: string
  readonly title: string
}

/**
 * That administrators allow this version of this publisher's skill.
 * @throws SkilletError POLICY_DENIED
 */
export function assertSkillAllowed(skill: Ruled, policy: ManagedPolicy | null): void {
  if (policy === null) return
  const { publishers, skills } = policy
  const { slug, version, publisher, title } = skill
  const isMeant = (rule: string) => isWithinRule(rule, skill)
  if (publishers?.block?.includes(publisher))
    throw denied(`${title} comes from ${publisher}, whose skills your administrator doesn't allow.`)
  if (publishers?.allow?.includes(publisher) === false)
    throw denied(`${title} comes from ${publisher}, whose skills your administrator hasn't allowed.`)
  if (skills?.block?.some(isMeant))
    throw denied(`Your administrator doesn't allow ${title} ${version} (${slug}).`)
  if (skills?.allow?.some(isMeant) === false)
    throw denied(`Your administrator hasn't allowed ${title} ${version} (${slug}).`)
}

/** That folders which nobody signed may be run. Where only some publishers or skills are allowed, nobody can say of whom it is. */
export function assertUnsignedAllowed(policy: ManagedPolicy | null): void {
  const limited = policy?.publishers?.allow !== undefined || policy?.skills?.allow !== undefined
  if ((policy?.unsigned ?? (limited ? 'forbidden' : 'allowed')) === 'forbidden')
    throw denied("Your administrator doesn't allow skills that nobody has signed.")
}

/** `csv-profile`, `csv-profile@1.2.0`, `csv-profile@>=1.0.0 <2.0.0`; unfinished versions count like others. */
function isWithinRule(rule: string, { slug, version }: Ruled): boolean {
  const [name, range] = rule.split('@')
  return name === slug && (range === undefined || satisfies(version, range, { includePrerelease: true }))
}

function denied(message: string): SkilletError {
  return new SkilletError('POLICY_DENIED', message)
}
