import type { Withdrawn } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Revocation, Revocations } from '../../shared/signed-targets.ts'
import { findRevocation } from '../../trust/revocations.ts'
import type { Freshness, RegistryTrust } from '../ports.ts'

/** @throws SkilletError REVOKED, and what `trust.revocations` throws */
export async function assertNotRevoked(
  trust: Pick<RegistryTrust, 'revocations'>,
  slug: string,
  version: string,
  freshness?: Freshness,
): Promise<void> {
  assertNotAmong(await trust.revocations(freshness), slug, version)
}

/** @throws SkilletError REVOKED */
export function assertNotAmong(revocations: Revocations, slug: string, version: string): void {
  const found = findRevocation(revocations, slug, version)
  if (found !== null) throw toRevokedError(found, version)
}

/** Why a version is refused, and the keys to replace. */
export function toRevokedError({ slug, reason, rotate }: Revocation, version: string): SkilletError {
  return refusal(version === '*' ? slug : `${slug} ${version}`, reason, rotate)
}

/** The same for one that lies in quarantine already. */
export function toWithdrawnError(slug: string, version: string, { reason, rotate }: Withdrawn): SkilletError {
  return refusal(
    `${slug} ${version}`,
    reason,
    rotate.map(({ name }) => name),
  )
}

function refusal(what: string, reason: string, rotate: readonly string[]): SkilletError {
  const keys = rotate.length === 0 ? '' : ` Replace these keys: ${rotate.join(', ')}.`
  return new SkilletError('REVOKED', `${what} was withdrawn: ${reason}`, {
    remedy: `Don't use it; remove it if it is installed.${keys}`,
  })
}
