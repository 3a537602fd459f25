import { toSkilletError, SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { parseRelease } from '../../trust/verify-release.ts'
import { z } from 'zod'
import type { RegistryTrust } from '../ports.ts'
import { verifyReleaseOnce } from '../trust/verified-releases.ts'
import { envelopeOf, type InstallRecord, type Store } from './store.ts'

const payloadSchema = z.object({ payload: z.string() })

/** For looking at what is installed: never to run it, nor to go on trusting it. */
export interface RecordReader {
  /** Installed skills with their releases. What was altered is left out and logged; `verify` names it. */
  list(): Promise<{ record: InstallRecord; release: Release }[]>
  /** @throws SkilletError for what was altered */
  releaseOf(record: InstallRecord): Promise<Release>
}

/** Each release is verified once for each list of keys, so that looking again costs nothing. */
export function createRecordReader(
  store: Store,
  trust: Pick<RegistryTrust, 'lastKnownKeys'>,
  log: (line: string) => void,
): RecordReader {
  let known: { keys: PublishKeys | null; releases: Map<string, Release> } = {
    keys: null,
    releases: new Map(),
  }

  /** Without any list, for example with another trust root than before, what was verified then is shown as it is. */
  async function keysNow(): Promise<PublishKeys | null> {
    try {
      return await trust.lastKnownKeys()
    } catch (error) {
      if (error instanceof SkilletError) return null
      throw error
    }
  }

  function read(record: InstallRecord, keys: PublishKeys | null): Release {
    const kept = known.releases.get(record.envelope)
    if (kept !== undefined) return kept
    const release = open(record, keys)
    known.releases.set(record.envelope, release)
    return release
  }

  async function withKeys(): Promise<PublishKeys | null> {
    const keys = await keysNow()
    if (keys !== known.keys) known = { keys, releases: new Map() }
    return keys
  }

  return {
    async list() {
      const keys = await withKeys()
      return (await store.list()).flatMap((record) => {
        try {
          return [{ record, release: read(record, keys) }]
        } catch (error) {
          log(`${record.slug}: ${toSkilletError(error).message}`)
          return []
        }
      })
    },
    async releaseOf(record) {
      return read(record, await withKeys())
    },
  }
}

function open(record: InstallRecord, keys: PublishKeys | null): Release {
  const envelope = envelopeOf(record)
  try {
    if (keys !== null) return verifyReleaseOnce(envelope, keys, record).release
  } catch (error) {
    // Its key was stolen or replaced since. It can't run, and the person must still see it to install it again.
    if (!(error instanceof SkilletError) || error.code !== 'SIGNER_UNTRUSTED') throw error
  }
  const { payload } = payloadSchema.parse(JSON.parse(Buffer.from(envelope).toString()))
  return parseRelease(decodeBase64(payload) ?? new Uint8Array())
}
