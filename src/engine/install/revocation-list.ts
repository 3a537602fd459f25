import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { revocationsPayloadType, type Revocations } from '../../shared/catalog.ts'
import { SkilletError } from '../../shared/errors.ts'
import { envelopeSchema } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { openEnvelope } from '../../trust/envelope.ts'
import { findRevocation, verifyRevocations } from '../../trust/revocations.ts'
import { usableKeys } from '../../trust/publish-keys.ts'
import { parseStrictJson } from '../../trust/strict-json.ts'
import { readJson, toDiskError, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import type { RegistryClient } from '../ports.ts'

export interface RevocationList {
  /**
   * The newest list: the registry's, or the last one seen where the registry can't be reached. `carried` is one that
   * came with a bundle.
   * @throws SkilletError REGISTRY_UNREACHABLE without any list; ENVELOPE_INVALID for one that is malformed or older
   *   than one seen before; SIGNATURE_INVALID, SIGNER_UNTRUSTED; STORE_DAMAGED where only a damaged one is at hand
   */
  current(carried?: Uint8Array | null): Promise<Revocations>
  /** @throws SkilletError REVOKED, and what `current` throws */
  assertNotRevoked(slug: string, version: string, carried?: Uint8Array | null): Promise<void>
}

/** The highest serial number seen, and whose list it was: another registry's lists count from 1 again. */
const highestSchema = z.strictObject({
  schema: z.literal(1),
  keyid: z.string(),
  serial: z.number().int().nonnegative(),
})

/** Answers that say as little about the list as no answer at all. */
const outOfService = new Set(['REGISTRY_UNREACHABLE', 'REGISTRY_REFUSED', 'BUSY', 'NO_SPACE'])

/** What this computer knows. `highest` is the number kept beside the list, `serial` the higher of both; `damage` says why the copy of the list can't be used. */
interface Known {
  readonly list: Revocations | null
  readonly highest: number | null
  readonly serial: number | null
  readonly damage: SkilletError | null
}

/** Keeps the last verified list under `trust/`, and its serial number beside it. The number never goes down. */
export function createRevocationList(
  paths: Paths,
  root: PublishKeys,
  registry: Pick<RegistryClient, 'revocationsEnvelope'> | null,
): RevocationList {
  const cachePath = join(paths.trust, 'revocations.dsse.json')
  const highestPath = join(paths.trust, 'revocations.highest.json')

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
      if (!(error instanceof SkilletError)) throw error
      // The person pinned other keys since: a list by the old ones says nothing about the new registry.
      if (error.code === 'SIGNER_UNTRUSTED') return null
      if (error.code === 'ENVELOPE_INVALID' || error.code === 'SIGNATURE_INVALID')
        throw damaged(cachePath, error)
      throw error
    }
  }

  async function known(): Promise<Known> {
    let list: Revocations | null = null
    let damage: SkilletError | null = null
    try {
      list = await cached()
    } catch (error) {
      damage = asDamage(error)
    }
    let highest: number | null = null
    try {
      const seen = await readJson(highestPath, highestSchema)
      if (seen !== null && usableKeys(root).has(seen.keyid)) highest = seen.serial
    } catch (error) {
      // The list itself says its number too; without either, nothing guards against an older one.
      const unreadable = asDamage(error)
      if (list === null) throw unreadable
    }
    // The list is written before the number, so an older one was put there by something else.
    if (list !== null && highest !== null && list.serial < highest)
      return { list: null, highest, serial: highest, damage: damaged(cachePath) }
    return { list, highest, serial: list?.serial ?? highest, damage }
  }

  async function adopt(bytes: Uint8Array, { list: stored, highest, serial }: Known): Promise<Revocations> {
    const list = verifyRevocations(bytes, root)
    if (serial !== null && list.serial < serial)
      throw new SkilletError(
        'ENVELOPE_INVALID',
        'The list of withdrawn skills is older than one seen before.',
      )
    if (stored === null || list.serial > stored.serial) await writeFileAtomic(cachePath, bytes)
    if (highest !== list.serial) {
      const { keyid } = openEnvelope(bytes, { payloadType: revocationsPayloadType, root })
      await writeFileAtomic(highestPath, JSON.stringify({ schema: 1, keyid, serial: list.serial }))
    }
    return list
  }

  async function fetched(): Promise<Uint8Array | null> {
    if (registry === null) return null
    try {
      const bytes = await registry.revocationsEnvelope()
      return isEnvelope(bytes) ? bytes : null
    } catch (error) {
      if (error instanceof SkilletError && outOfService.has(error.code)) return null
      throw error
    }
  }

  async function current(carried: Uint8Array | null = null): Promise<Revocations> {
    const before = await known()
    const fresh = await fetched()
    if (fresh !== null) return adopt(fresh, before)
    if (carried !== null) {
      const list = verifyRevocations(carried, root)
      // A bundle may be older than what this computer knows; the newer list counts.
      const isNewest = before.serial === null ? before.damage === null : list.serial >= before.serial
      if (isNewest) return adopt(carried, before)
    }
    if (before.list !== null) return before.list
    if (before.damage !== null) throw before.damage
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

function damaged(path: string, cause?: unknown): SkilletError {
  return new SkilletError('STORE_DAMAGED', `${path} is damaged.`, {
    remedy: 'Connect to the registry: a good copy is fetched from there.',
    cause,
  })
}

/** Any other failure than damage goes on as it is. */
function asDamage(error: unknown): SkilletError {
  if (error instanceof SkilletError && error.code === 'STORE_DAMAGED') return error
  throw error
}

/** Whether it is a signed document at all, by whomever, rather than the page of some proxy. */
function isEnvelope(bytes: Uint8Array): boolean {
  try {
    return envelopeSchema.safeParse(parseStrictJson(bytes)).success
  } catch {
    return false
  }
}
