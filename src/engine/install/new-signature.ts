import { SkilletError } from '../../shared/errors.ts'
import { releasePayloadType } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { encodeBase64 } from '../../trust/base64.ts'
import { parseEnvelope } from '../../trust/envelope.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { writeFileAtomic } from '../disk.ts'
import type { Freshness, RegistryTrust } from '../ports.ts'
import { exclusively } from './exclusive.ts'
import { envelopeOf, type InstallRecord, type NewRecord, type StorePorts } from './store.ts'

/** A signature of the same release with a key that counts now. */
export type NewSignature = Pick<NewRecord, 'envelope' | 'keyid'>

interface Ports extends StorePorts {
  readonly trust: RegistryTrust
}

/**
 * After a publish key was stolen, the registry signs its releases anew. Takes over such a signature for an installed
 * skill: the registry's lists must name it, and what it signs must be the very bytes that the old one did, so that nothing
 * about the skill changes. False where the registry has no such signature, or can't be asked.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
async function takeNewSignature(
  ports: Ports,
  keys: PublishKeys,
  slug: string,
  lists: Freshness,
): Promise<boolean> {
  const { store, trust, journal } = ports
  const before = await store.require(slug)
  const found = await findNewSignature(trust, keys, before, lists)
  if (found === null) return false
  const { envelope, keyid } = found
  return exclusively(ports, slug, async () => {
    const record = await store.require(slug)
    if (record.installId !== before.installId || record.withdrawn !== null) return false
    await journal.append(
      'signature.replaced',
      slug,
      `The registry signed ${slug} ${record.version} anew; nothing about it has changed.`,
      { version: record.version, from: record.keyid, to: keyid },
    )
    const renewed: InstallRecord = { ...record, envelope, keyid }
    await writeFileAtomic(store.recordPath(slug), JSON.stringify(renewed))
    return true
  })
}

/**
 * `look`, and where it finds that the key of an installed skill counts no longer, once more with the registry's new
 * signature, if it has one.
 * @throws SkilletError SIGNER_UNTRUSTED with why, BUSY, NO_SPACE, NOT_WRITABLE where that can't be stored, and what `look` throws
 */
export async function orNewSignature<T>(
  ports: Ports,
  keys: PublishKeys,
  slug: string,
  lists: Freshness,
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look()
  } catch (error) {
    if (!isUntrusted(error)) throw error
    if (!(await takeNewSignature(ports, keys, slug, lists)))
      throw explained(error, await ports.store.require(slug), keys)
    return look()
  }
}

/** Genuine when it was installed: by a key that counts no longer, or one that the lists in force have never named. */
function explained(cause: SkilletError, record: InstallRecord, { keys }: PublishKeys): SkilletError {
  return keys.some(({ keyid }) => keyid === record.keyid)
    ? new SkilletError('SIGNER_UNTRUSTED', `${cause.message} The registry no longer stands for it.`, {
        remedy: 'Connect to the registry and try again, or install the skill again.',
        cause,
      })
    : new SkilletError(
        'SIGNER_UNTRUSTED',
        `${record.slug} was signed under another trust root than the one in force.`,
        { remedy: 'Name the one that it was installed with: --trust-root FILE', cause },
      )
}

export function isUntrusted(error: unknown): error is SkilletError {
  return error instanceof SkilletError && error.code === 'SIGNER_UNTRUSTED'
}

/** The registry's new signature of the very bytes that a record's old one is about; null where there is none. */
export async function findNewSignature(
  trust: RegistryTrust,
  keys: PublishKeys,
  record: NewRecord,
  lists: Freshness,
): Promise<NewSignature | null> {
  const { slug, version } = record
  try {
    const envelope = await trust.release(slug, version, lists)
    const { keyid } = verifyRelease(envelope, keys, { slug, version })
    if (payloadOf(envelope) !== payloadOf(envelopeOf(record))) return null
    return { envelope: encodeBase64(envelope), keyid }
  } catch (error) {
    // Whatever is wrong with the new one, the old one doesn't count either, and that is what the person hears.
    if (error instanceof SkilletError) return null
    throw error
  }
}

/** The signed bytes, in base64. */
function payloadOf(envelope: Uint8Array): string | null {
  const { payload, payloadType } = parseEnvelope(envelope)
  return payloadType === releasePayloadType ? payload : null
}
