import { joinWords } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { InstallSource } from '../api.ts'
import type { InstallPorts } from './install-ports.ts'
import { assertMayFollow, assertNotPinned, installedManifest } from './plan.ts'
import { standingDecisions } from './standing.ts'

/** What a person was shown and decided over. */
export interface Basis {
  /** What they asked for: with a version only where they named one. */
  readonly asked: InstallSource
  /** What was installed then; null for nothing. */
  readonly installId: string | null
}

/**
 * That nothing was installed in between, and nobody has asked for another version to stay.
 * @throws SkilletError RELEASE_INVALID, VERSION_PINNED
 */
export async function assertSameBasis(
  ports: InstallPorts,
  release: Release,
  { asked, installId }: Basis,
): Promise<void> {
  const record = await ports.store.get(release.slug)
  if ((record?.installId ?? null) !== installId)
    throw new SkilletError('RELEASE_INVALID', `${release.slug} changed while you were deciding.`, {
      remedy: 'Start the install again and look at what it asks for now.',
    })
  await assertMayFollow(ports, asked)
  if ('file' in asked) await assertNotPinned(ports, release)
}

/**
 * That nobody has taken back, denied or narrowed what is allowed here. `before` is what had been decided at that time.
 * @throws SkilletError PERMISSION_DENIED
 */
export async function assertStillAllowed(
  ports: InstallPorts,
  { skill, slug }: Release,
  allowed: readonly Grant[],
  before: readonly Grant[],
): Promise<void> {
  const now = await ports.grants.list(slug)
  const standing = standingDecisions(skill, await installedManifest(ports, slug), now)
  const gone = allowed.filter(({ capability, scope }) => {
    const about = (grants: readonly Grant[]) =>
      // A run may have used up what was allowed once, which no install relies on.
      JSON.stringify(grants.filter((grant) => grant.capability === capability && grant.life !== 'once'))
    if (about(now) === about(before)) return false
    const present = standing.get(capability)
    return present?.decision !== 'allow' || scope.some((item) => !present.scope.includes(item))
  })
  if (gone.length > 0)
    throw new SkilletError(
      'PERMISSION_DENIED',
      `${skill.title} needs ${joinWords(gone.map(({ capability }) => capability))}, which you no longer allow.`,
    )
}
