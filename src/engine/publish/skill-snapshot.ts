import { basename } from 'node:path'
import { parseSkillToml } from '../../review/manifest.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import type { ReleaseFile } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { packFolder } from '../package/pack.ts'

/** A skill's folder at one moment: what is judged, shown and submitted are the same bytes, whatever happens to the folder. */
export interface SkillSnapshot {
  readonly manifest: SkillManifest
  readonly tarball: Uint8Array
  readonly files: readonly ReleaseFile[]
  /** SHA-256 over each file's name, size, digest and executable bit: the same wherever and whenever it is packed. */
  readonly digest: string
  /** By the linter and scanners of the registry. */
  readonly report: LintReport
}

/**
 * Packs a folder and holds what was packed against the rules for publishing.
 * @throws SkilletError NOT_FOUND where it is no skill's folder, MANIFEST_INVALID, and what packing throws
 */
export async function takeSnapshot(folder: string): Promise<SkillSnapshot> {
  const { tarball, files } = await packFolder(folder)
  const entries = await readArchiveEntries(tarball)
  const toml = entries.find(({ path }) => path === 'skill.toml')
  if (toml === undefined)
    throw new SkilletError('NOT_FOUND', `There is no skill.toml in ${folder}.`, {
      remedy: 'Name the folder of a skill, the one that holds SKILL.md and skill.toml.',
    })
  const manifest = parseSkillToml(Buffer.from(toml.content).toString('utf8'))
  const { lintWithin } = await import('../../review/lint-folder.ts')
  const report = await lintWithin(folder, entries, { purpose: 'publish', folder: basename(folder) })
  return { manifest, tarball, files, digest: digestOf(files), report }
}

function digestOf(files: readonly ReleaseFile[]): string {
  const lines = files.map(({ path, size, sha256, executable }) => [path, size, sha256, executable])
  return sha256Hex(new TextEncoder().encode(JSON.stringify(lines)))
}
