import { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'
import { releasePayloadType, releaseSchema, type Release } from '../shared/release.ts'
import type { PublishKeys } from '../shared/signed-targets.ts'
import { maxTarballBytes, skillLimits } from './archive-limits.ts'
import { createNameSet } from './entry-name.ts'
import { openEnvelope } from './envelope.ts'
import { usableKeys } from './publish-keys.ts'
import { parseStrictJson } from './strict-json.ts'

export interface VerifiedRelease {
  readonly release: Release
  /** Fingerprint of the publish key that signed it. */
  readonly keyid: string
}

/**
 * A signed release → what it says, once a publish key's signature holds over its exact bytes. A retired key
 * stands only for what was published in its time. A genuine signature
 * doesn't excuse the content: a release that isn't well-formed, or is for another skill or version than `expected`,
 * is refused all the same.
 * @throws SkilletError RELEASE_INVALID, and what openEnvelope throws
 */
export function verifyRelease(
  envelope: Uint8Array,
  keys: PublishKeys,
  expected?: { slug: string; version?: string | undefined },
): VerifiedRelease {
  const { payload, keyid } = openEnvelope(envelope, { payloadType: releasePayloadType, keys })
  const release = parseRelease(payload)
  const until = usableKeys(keys).get(keyid)?.until ?? null
  if (until !== null && Date.parse(release.publishedAt) > Date.parse(until))
    throw new SkilletError('SIGNER_UNTRUSTED', 'This was signed with a key that had been retired by then.')
  if (expected !== undefined && release.slug !== expected.slug)
    throw invalid(`it is for ${release.slug}, not for ${expected.slug}`)
  if (expected?.version !== undefined && release.version !== expected.version)
    throw invalid(`it is version ${release.version}, not ${expected.version}`)
  return { release, keyid }
}

/**
 * The content of a release, checked, its signature not. Publishers hold what they sign to the same rules.
 * @throws SkilletError RELEASE_INVALID
 */
export function parseRelease(payload: Uint8Array): Release {
  let release: Release
  try {
    release = releaseSchema.parse(parseStrictJson(payload))
  } catch (error) {
    throw invalid(firstProblem(error), error)
  }
  const names = createNameSet()
  let total = 0
  for (const file of release.files) {
    const problem = names.add(file.path, 'file')
    if (problem !== null) throw invalid(`the file name ${JSON.stringify(file.path)} ${problem}`)
    total += file.size
    if (file.size > skillLimits.maxFileBytes || total > skillLimits.maxTotalBytes)
      throw invalid('its files are too large')
  }
  if (!release.files.some((file) => file.path === 'SKILL.md')) throw invalid('it has no SKILL.md')
  if (release.tarball.size > maxTarballBytes) throw invalid('its download is too large')
  return release
}

function firstProblem(error: unknown): string {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined
  if (issue === undefined) return 'it cannot be read'
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`
}

function invalid(why: string, cause?: unknown): SkilletError {
  return new SkilletError('RELEASE_INVALID', `The release is signed but can't be used: ${why}.`, { cause })
}
