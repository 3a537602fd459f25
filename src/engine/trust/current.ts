import type { TrustStatus } from '../../shared/contract/overview.ts'
import type { Provenance } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Freshness, RegistryTrust } from '../ports.ts'

/** How long the word holds that a release is current; `status` is that of the lists which name it. */
export function currentUntil({ checkedAt, validUntil }: TrustStatus): Provenance['current'] {
  return checkedAt === null || validUntil === null ? null : { checkedAt, validUntil }
}

/** The registry's word on a release that is at hand already; null where nobody can say, or no longer says it. */
export async function currentWord(
  trust: RegistryTrust,
  { slug, version, envelope }: { slug: string; version: string; envelope: Uint8Array },
  freshness: Freshness,
): Promise<Provenance['current']> {
  try {
    if (!(await trust.isCurrent(slug, version, envelope, freshness))) return null
    return currentUntil(await trust.status())
  } catch (error) {
    // Looking at a skill must work with lists that have run out, too; it then says that nobody knows.
    if (error instanceof SkilletError) return null
    throw error
  }
}
