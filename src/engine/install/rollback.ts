import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { DecidedBy } from '../api.ts'
import { readJson } from '../disk.ts'
import { commit } from './commit.ts'
import { exclusively } from './exclusive.ts'
import { assertFilesIntact } from './integrity.ts'
import { isUntrusted, type NewSignature } from './new-signature.ts'
import {
  envelopeOf,
  recordSchema,
  type InstallRecord,
  type NewRecord,
  type Store,
  type StorePorts,
} from './store.ts'

export interface RollbackPorts extends StorePorts {
  /** Whose signatures count now. */
  readonly keys: PublishKeys
  /** @throws SkilletError REVOKED */
  readonly assertNotRevoked: (slug: string, version: string) => Promise<void>
  /** That no layer of policy forbids it now. @throws SkilletError POLICY_DENIED */
  readonly assertPolicyAllows: (skill: SkillManifest) => Promise<void>
  /** The registry's new signature, for a record whose key counts no longer. */
  readonly findNewSignature: (record: NewRecord) => Promise<NewSignature | null>
}

/**
 * Puts a kept version back in force; the one before it is kept in its place. Without `version`, the newest kept one that
 * wasn't withdrawn. Its signature, or the registry's new
 * one of the same release, and every byte of it are verified first. What the person decided about it still
 * stands: decisions are stored by what a release reaches, so those of an earlier version outlive an update, and what
 * was taken back since stays taken back.
 * @throws SkilletError NOT_INSTALLED, NOT_FOUND when it isn't kept, REVOKED, POLICY_DENIED, INTEGRITY_BROKEN when it was
 *   altered, SIGNER_UNTRUSTED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function rollbackTo(
  ports: RollbackPorts,
  slug: string,
  version: string | undefined,
  by: DecidedBy,
): Promise<{ slug: string; version: string }> {
  const { store, journal, keys } = ports
  // Ahead of the lock: whoever answers may have to ask the registry first.
  const wanted = version ?? (await newestUsable(ports, slug))
  await ports.assertNotRevoked(slug, wanted)
  const renewed = await newSignatureOf(ports, slug, wanted)
  return exclusively(ports, slug, async () => {
    const current = await store.require(slug)
    const kept = { ...(await keptRecord(store, current, wanted)), ...renewed }
    const { release } = verifyRelease(envelopeOf(kept), keys, { slug, version: wanted })
    // Else it would take force, and be refused at each run.
    await ports.assertPolicyAllows(release.skill)
    const home = current.withdrawn === null ? store.paths.skills : store.paths.quarantine
    await assertFilesIntact(join(home, slug, wanted), release)
    await commit(ports, {
      record: { ...kept, installId: randomUUID() },
      grants: [],
      extract: null,
      finish: () =>
        journal.append(
          'rollback',
          slug,
          `Went back to ${release.skill.title} ${wanted} from ${current.version}.`,
          { version: wanted, from: current.version, keyid: kept.keyid, by },
        ),
    })
    return { slug, version: wanted }
  })
}

async function newestUsable({ store, assertNotRevoked }: RollbackPorts, slug: string): Promise<string> {
  const { kept } = await store.require(slug)
  let refusal = new SkilletError('NOT_FOUND', `No earlier version of ${slug} is kept on this computer.`, {
    remedy: `Install the version that you want: skillet install ${slug}@VERSION`,
  })
  for (const { version } of kept)
    try {
      await assertNotRevoked(slug, version)
      return version
    } catch (error) {
      if (!(error instanceof SkilletError) || error.code !== 'REVOKED') throw error
      refusal = error
    }
  throw refusal
}

/** Null where the signature that the kept version came with still counts, or there is no newer one. */
async function newSignatureOf(
  { store, keys, findNewSignature }: RollbackPorts,
  slug: string,
  version: string,
): Promise<NewSignature | null> {
  const kept = await keptRecord(store, await store.require(slug), version)
  try {
    verifyRelease(envelopeOf(kept), keys, { slug, version })
    return null
  } catch (error) {
    if (isUntrusted(error)) return findNewSignature(kept)
    throw error
  }
}

async function keptRecord(store: Store, current: InstallRecord, version: string): Promise<NewRecord> {
  const { slug } = current
  if (!current.kept.some((one) => one.version === version))
    throw new SkilletError('NOT_FOUND', `${slug} ${version} is not kept on this computer.`, {
      remedy: `Install it again: skillet install ${slug}@${version}`,
    })
  const path = store.keptPath(slug, version)
  const record = await readJson(path, () => recordSchema)
  if (record === null || record.slug !== slug || record.version !== version)
    throw new SkilletError('STORE_DAMAGED', `${path} is missing or about something else.`, {
      remedy: `Install that version again: skillet install ${slug}@${version}`,
    })
  const { schema, installedAt, envelope, keyid, source, installId } = record
  return { schema, installId, slug, version, installedAt, envelope, keyid, source }
}
