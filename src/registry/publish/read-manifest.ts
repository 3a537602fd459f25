import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { parseSkillToml } from '../../review/manifest.ts'
import { readArchiveEntries } from '../../trust/archive.ts'

/** The manifest of a tarball. Throws what makes it unreadable: ARCHIVE_UNSAFE, MANIFEST_INVALID and others. */
export async function readManifest(tarball: Uint8Array): Promise<SkillManifest> {
  const entries = await readArchiveEntries(tarball)
  const file = entries.find((entry) => entry.path === 'skill.toml')
  if (file === undefined) throw new SkilletError('MANIFEST_INVALID', 'There is no skill.toml.')
  return parseSkillToml(new TextDecoder().decode(file.content))
}
