import { SkilletError } from '../../shared/errors.ts'
import type { Policy } from '../../shared/policy.ts'
import { steersPrograms } from '../../shared/identifiers.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

type Asking = Pick<SkillManifest, 'slug' | 'secrets'>

/** The keys that a run may get: declared by the skill and allowed by its policy. Only these are read from the keychain. */
export function secretsFor(manifest: Asking, policy: Policy): string[] {
  if (!policy.capabilities.includes('env:read')) return []
  return Object.keys(manifest.secrets).filter((name) => policy.secrets?.includes(name) ?? true)
}

/**
 * The environment variables that a run gets for its keys, for that run only.
 *
 * @param values what the keychain holds, name → value; anything that the run may not have is left out
 * @throws SkilletError SECRET_MISSING when a required key isn't there; MANIFEST_INVALID when a key's name would steer
 *   the programs of the run themselves
 */
export function injectSecrets(
  manifest: Asking,
  policy: Policy,
  values: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of secretsFor(manifest, policy)) {
    if (steersPrograms(name))
      throw new SkilletError(
        'MANIFEST_INVALID',
        `${manifest.slug} calls a key ${name}, which has another meaning.`,
      )
    const value = Object.hasOwn(values, name) ? values[name] : null
    if (value) env[name] = value
    else if (manifest.secrets[name]?.required)
      throw new SkilletError(
        'SECRET_MISSING',
        `${manifest.slug} needs the key ${name}, which isn't stored yet.`,
        {
          remedy: `Add it under Keys, or with: skillet secrets set ${name}`,
        },
      )
  }
  return env
}
