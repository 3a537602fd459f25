import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, versionSchema } from '../../shared/identifiers.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { openEnvelope } from '../../trust/envelope.ts'
import { toPublishKeys } from '../../trust/publish-keys.ts'
import { parseStrictJson } from '../../trust/strict-json.ts'

export const updatePayloadType = 'application/vnd.skillet.update+json'

const packageSchema = z.strictObject({
  kind: z.enum(['deb', 'AppImage', 'tar.gz', 'dmg', 'nsis']),
  /** Beside the feed: one name, no folder. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/),
  size: z
    .int()
    .positive()
    .max(1024 ** 3),
  sha256: sha256Schema,
})
export type UpdatePackage = z.infer<typeof packageSchema>

const feedSchema = z.strictObject({
  schema: z.literal(1),
  product: z.literal('skillet'),
  platform: z.string(),
  arch: z.string(),
  version: versionSchema,
  released: z.iso.datetime(),
  /** From then on the list says nothing any more: what serves an old one for ever is found out. */
  expires: z.iso.datetime(),
  /** What changes, as plain text for whoever decides. */
  notes: z.string().max(20_000),
  /** Percent of all computers that are offered it by themselves; whoever asks gets it in any case. */
  staging: z.number().min(0).max(100),
  packages: z.array(packageSchema).max(10),
})
export type UpdateFeed = z.infer<typeof feedSchema>

/** Where a build looks for its own updates, and whose signature counts: `resources/updates.json`. */
export const updateSourceSchema = z.strictObject({
  feed: z.string().regex(/^(?:https:\/\/|http:\/\/127\.0\.0\.1:\d+)[^\s?#]*$/),
  /** Raw ed25519 public keys in base64. */
  keys: z.array(z.string()).min(1).max(5),
})
export type UpdateSource = z.infer<typeof updateSourceSchema>

/**
 * What one of the build's own keys signed for this platform. Who serves it, and over what connection, counts for nothing.
 * @throws SkilletError what openEnvelope throws; RELEASE_INVALID where what was signed is none of ours
 */
export function openUpdateFeed(
  bytes: Uint8Array,
  { keys, platform, arch }: { keys: readonly string[]; platform: string; arch: string },
): UpdateFeed {
  const publicKeys = keys.map((key) => decodeBase64(key) ?? new Uint8Array())
  const { payload } = openEnvelope(bytes, { payloadType: updatePayloadType, keys: toPublishKeys(publicKeys) })
  const invalid = (problem: string, cause?: unknown) =>
    new SkilletError('RELEASE_INVALID', `The list of Skillet's own updates ${problem}.`, {
      remedy: 'Nothing was changed. Tell whoever looks after your Skillet.',
      cause,
    })
  let feed: UpdateFeed
  try {
    feed = feedSchema.parse(parseStrictJson(payload))
  } catch (error) {
    throw invalid('is damaged', error)
  }
  if (feed.platform !== platform || feed.arch !== arch) throw invalid('is for another kind of computer')
  return feed
}
