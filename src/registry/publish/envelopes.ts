import { sha256Hex } from '../../trust/digest.ts'
import type { Database } from '../db/database.ts'

/** Keeps a signed release; of several for one release the newest is in force. */
export async function insertEnvelope(
  database: Database,
  { slug, version }: { slug: string; version: string },
  keyid: string,
  envelope: Uint8Array,
): Promise<void> {
  await database
    .insertInto('envelopes')
    .values({
      slug,
      version,
      keyid,
      sha256: sha256Hex(envelope),
      size: envelope.length,
      envelope: new TextDecoder().decode(envelope),
    })
    .execute()
}
