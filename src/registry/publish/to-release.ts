import { releaseSchema, type Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'

/** What is signed about a tarball: every file's digest, and who reviewed it. */
export async function toRelease(
  skill: SkillManifest,
  tarball: Uint8Array,
  facts: Pick<Release, 'publishedAt' | 'review'>,
): Promise<Release> {
  const entries = await readArchiveEntries(tarball)
  return releaseSchema.parse({
    schema: 1,
    slug: skill.slug,
    version: skill.version,
    publisher: skill.publisher,
    publishedAt: facts.publishedAt,
    skill,
    files: entries.map((entry) => ({
      path: entry.path,
      size: entry.content.byteLength,
      sha256: sha256Hex(entry.content),
      executable: entry.executable,
    })),
    tarball: { sha256: sha256Hex(tarball), size: tarball.byteLength },
    review: facts.review,
  } satisfies Release)
}
