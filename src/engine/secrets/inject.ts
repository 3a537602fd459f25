import { SkilletError } from '../../shared/errors.ts'
import type { Policy } from '../../shared/policy.ts'
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

/** A key by one of these names would change which code runs or where traffic goes. */
function steersPrograms(name: string): boolean {
  if (/_(?:KEY|TOKEN|SECRET|PASSWORD)$/.test(name)) return false
  return (
    /^(?:LD|DYLD|GLIBC|MALLOC|PYTHON|NODE|PERL\d?|RUBY|GIT|BASH|LC|SSL|SKILLET)_/.test(name) ||
    name.startsWith('PYTHON') ||
    name.endsWith('_PROXY') ||
    /^(?:PATH|HOME|USER|SHELL|LANG|LANGUAGE|TERM|TMP|TEMP|TMPDIR|PWD|IFS|ENV|CDPATH|HOSTNAME|OPENSSL_CONF|RUBYOPT|RUBYLIB|PERLLIB)$/.test(
      name,
    )
  )
}
