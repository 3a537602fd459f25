import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Revocations } from '../../shared/catalog.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { TrustRoot } from '../../shared/release.ts'
import { findRevocation, verifyRevocations } from '../../trust/revocations.ts'
import { toDiskError, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import type { RegistryClient } from '../ports.ts'

export interface RevocationList {
  /**
   * The newest list: the registry's, or the last one seen where the registry can't be reached. `carried` is one that
   * came with a bundle.
   * @throws SkilletError REGISTRY_UNREACHABLE without any list; ENVELOPE_INVALID for one that is malformed or older
   *   than one seen before; SIGNATURE_INVALID, SIGNER_UNTRUSTED
   */
  current(carried?: Uint8Array | null): Promise<Revocations>
  /** @throws SkilletError REVOKED, and what `current` throws */
  assertNotRevoked(slug: string, version: string, carried?: Uint8Array | null): Promise<void>
}

/** Keeps the last verified list under `trust/`. Its serial number never goes down. */
export function createRevocationList(
  paths: Paths,
  root: TrustRoot,
  registry: Pick<RegistryClient, 'revocationsEnvelope'> | null,
): RevocationList {
  const cachePath = join(paths.trust, 'revocations.dsse.json')

  async function cached(): Promise<Revocations | null> {
    let bytes: Uint8Array
    try {
      bytes = new Uint8Array(await readFile(cachePath))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw toDiskError(error)
    }
    try {
      return verifyRevocations(bytes, root)
    } catch (error) {
      // The person pinned other keys since: a list by the old ones says nothing about the new registry.
      if (error instanceof SkilletError && error.code === 'SIGNER_UNTRUSTED') return null
      throw error
    }
  }

  async function adopt(bytes: Uint8Array, known: Revocations | null): Promise<Revocations> {
    const list = verifyRevocations(bytes, root)
    if (known !== null && list.serial < known.serial)
      throw new SkilletError(
        'ENVELOPE_INVALID',
        'The list of withdrawn skills is older than one seen before.',
      )
    if (known === null || list.serial > known.serial) await writeFileAtomic(cachePath, bytes)
    return list
  }

  async function fetched(): Promise<Uint8Array | null> {
    if (registry === null) return null
    try {
      return await registry.revocationsEnvelope()
    } catch (error) {
      if (error instanceof SkilletError && error.code === 'REGISTRY_UNREACHABLE') return null
      throw error
    }
  }

  async function current(carried: Uint8Array | null = null): Promise<Revocations> {
    const known = await cached()
    const fresh = await fetched()
    if (fresh !== null) return adopt(fresh, known)
    if (carried !== null) {
      const list = verifyRevocations(carried, root)
      // A bundle may be older than what this computer knows; the newer list counts.
      if (known === null || list.serial > known.serial) return adopt(carried, known)
    }
    if (known !== null) return known
    throw new SkilletError(
      'REGISTRY_UNREACHABLE',
      "The registry can't be reached, so nobody can tell whether this skill was withdrawn.",
    )
  }

  return {
    current,
    async assertNotRevoked(slug, version, carried) {
      const found = findRevocation(await current(carried), slug, version)
      if (found === null) return
      const keys = found.rotate.length === 0 ? '' : ` Replace these keys: ${found.rotate.join(', ')}.`
      throw new SkilletError('REVOKED', `${slug} ${version} was withdrawn: ${found.reason}`, {
        remedy: `Don't use it; remove it if it is installed.${keys}`,
      })
    },
  }
}
