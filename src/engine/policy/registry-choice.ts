import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { plainUrl } from './meet-managed.ts'

/** The trust root that a registry must have. */
export type RootPin = { readonly root: Uint8Array } | { readonly sha256: string }

/**
 * The registry to use: the one that was asked for where administrators allow it, their first where nobody asked. `pin`:
 * null where the person may choose the trust root.
 * @throws SkilletError POLICY_DENIED for another
 */
export function chooseRegistry(
  policy: ManagedPolicy | null,
  asked: string | null,
): { url: string | null; pin: RootPin | null } {
  const allowed = policy?.registries
  if (allowed === undefined) return { url: asked, pin: null }
  const found = asked === null ? allowed[0] : allowed.find(({ url }) => isSame(url, asked))
  if (found === undefined) {
    if (asked === null) return { url: null, pin: null }
    throw new SkilletError('POLICY_DENIED', `Your administrator doesn't allow the registry ${asked}.`, {
      remedy:
        allowed[0] === undefined
          ? 'Start Skillet without naming a registry.'
          : `Start Skillet without naming a registry, or name ${allowed[0].url}`,
    })
  }
  const { url, root, root_sha256: sha256 } = found
  if (root !== undefined) return { url, pin: { root: new TextEncoder().encode(JSON.stringify(root)) } }
  return { url, pin: sha256 === undefined ? null : { sha256 } }
}

function isSame(allowed: string, asked: string): boolean {
  try {
    return plainUrl(allowed) === plainUrl(asked)
  } catch {
    return false
  }
}
