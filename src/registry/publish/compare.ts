import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readArchiveEntries, type ArchiveEntry } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { ofTenant, within, type Database, type Reach } from '../db/database.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Scanner } from './scanner.ts'

export interface ComparePorts {
  readonly database: Database
  readonly objects: ObjectStore
  readonly scanner: Pick<Scanner, 'manifest'>
}

/** Bytes of one file that are shown. */
const maxShown = 256 * 1024

/** A file of a submission beside what the version before had under its path. */
export interface ComparedFile {
  readonly path: string
  readonly change: 'added' | 'changed' | 'same' | 'removed'
  /** Bytes; null where it is not there. */
  readonly size: number | null
  readonly previousSize: number | null
  readonly executable: boolean
}

/** One side of a file. `text` is null for what isn't text; `cut`: there is more of it than is shown. */
export interface FileSide {
  readonly size: number
  readonly sha256: string
  readonly executable: boolean
  readonly text: string | null
  readonly cut: boolean
}

/** Something that a manifest lets a skill do, before and now; null: not at all. */
export interface ManifestChange {
  readonly about: 'capability' | 'host' | 'program' | 'folder' | 'key' | 'limit' | 'other'
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

/** A submission held against the version of its skill that was published before it. Throws NOT_FOUND, ARCHIVE_UNSAFE, TOO_LARGE. */
export function createComparison({ database, objects, scanner }: ComparePorts) {
  async function sides(reach: Reach, id: string) {
    return within(database, reach, async (transaction) => {
      const submission = await transaction
        .selectFrom('submissions')
        .select(['account_id', 'slug', 'tarball_sha256'])
        .where('id', '=', id)
        .where(ofTenant(reach))
        .executeTakeFirst()
      if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
      const { slug, account_id } = submission
      const own = await transaction
        .selectFrom('releases')
        .select('seq')
        .where('submission_id', '=', id)
        .executeTakeFirst()
      const previous =
        slug === null
          ? undefined
          : await transaction
              .selectFrom('releases')
              .innerJoin('skills', 'skills.slug', 'releases.slug')
              .select(['releases.version', 'releases.tarball_sha256', 'releases.skill'])
              .where('releases.slug', '=', slug)
              // A name may have gone to somebody else meanwhile, whose files are none of this publisher's business.
              .where('skills.account_id', '=', account_id)
              .$if(own !== undefined, (query) => query.where('releases.seq', '<', own!.seq))
              .orderBy('releases.seq', 'desc')
              .limit(1)
              .executeTakeFirst()
      return { submission, previous: previous ?? null }
    })
  }

  const filesOf = async (sha256: string) => {
    const entries = await readArchiveEntries(await objects.read(sha256))
    return new Map(entries.map((entry) => [entry.path, entry]))
  }

  async function bothFiles(reach: Reach, id: string) {
    const { submission, previous } = await sides(reach, id)
    const now = await filesOf(submission.tarball_sha256)
    const before =
      previous === null ? new Map<string, ArchiveEntry>() : await filesOf(previous.tarball_sha256)
    return { previous: previous?.version ?? null, now, before }
  }

  return {
    async files(reach: Reach, id: string): Promise<{ previous: string | null; files: ComparedFile[] }> {
      const { previous, now, before } = await bothFiles(reach, id)
      const paths = [...new Set([...now.keys(), ...before.keys()])].sort()
      return { previous, files: paths.map((path) => compared(path, now.get(path), before.get(path))) }
    },
    async file(reach: Reach, id: string, path: string) {
      const { previous, now, before } = await bothFiles(reach, id)
      const current = now.get(path)
      const earlier = before.get(path)
      if (current === undefined && earlier === undefined)
        throw new SkilletError('NOT_FOUND', 'This submission has no such file.')
      return { path, previous, now: toSide(current), before: toSide(earlier) }
    },
    async changes(reach: Reach, id: string): Promise<{ previous: string | null; changes: ManifestChange[] }> {
      const { submission, previous } = await sides(reach, id)
      const now = await scanner.manifest(await objects.read(submission.tarball_sha256))
      return { previous: previous?.version ?? null, changes: manifestChanges(previous?.skill ?? null, now) }
    },
  }
}

function compared(
  path: string,
  now: ArchiveEntry | undefined,
  before: ArchiveEntry | undefined,
): ComparedFile {
  const same =
    now !== undefined &&
    before !== undefined &&
    now.executable === before.executable &&
    Buffer.compare(now.content, before.content) === 0
  return {
    path,
    change: now === undefined ? 'removed' : before === undefined ? 'added' : same ? 'same' : 'changed',
    size: now?.size ?? null,
    previousSize: before?.size ?? null,
    executable: now?.executable ?? before?.executable ?? false,
  }
}

function toSide(entry: ArchiveEntry | undefined): FileSide | null {
  if (entry === undefined) return null
  const { size, executable, content } = entry
  return { size, executable, sha256: sha256Hex(content), text: textOf(content), cut: size > maxShown }
}

function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null
  try {
    // The cut may go through a character, which `stream` leaves out.
    return new TextDecoder('utf-8', { fatal: true }).decode(content.subarray(0, maxShown), {
      stream: content.length > maxShown,
    })
  } catch {
    return null
  }
}

/** What a skill may do more, less or otherwise than before; everything, where there was nothing before. */
export function manifestChanges(before: SkillManifest | null, now: SkillManifest): ManifestChange[] {
  const earlier = new Map(before === null ? [] : reachOfManifest(before))
  const later = new Map(reachOfManifest(now))
  const changes: ManifestChange[] = []
  for (const key of new Set([...later.keys(), ...earlier.keys()])) {
    const [about, name] = JSON.parse(key) as [ManifestChange['about'], string]
    const change = { about, name, before: earlier.get(key) ?? null, after: later.get(key) ?? null }
    if (change.before !== change.after) changes.push(change)
  }
  return changes
}

function reachOfManifest({
  capabilities,
  sandbox,
  secrets,
  budget,
  ...skill
}: SkillManifest): [string, string][] {
  const row = (about: ManifestChange['about'], name: string, value: string | number): [string, string] => [
    JSON.stringify([about, name]),
    String(value),
  ]
  return [
    ...Object.entries(capabilities).map(([name, why]) => row('capability', name, why)),
    ...sandbox.network.map((host) => row('host', host, 'allowed')),
    ...sandbox.exec.map((program) => row('program', program, 'allowed')),
    ...sandbox.write.map((folder) => row('folder', folder, 'kept')),
    ...Object.entries(secrets).map(([name, { hosts }]) => row('key', name, hosts.join(', '))),
    row('limit', 'timeout_s', sandbox.timeout_s),
    row('limit', 'memory_mb', sandbox.memory_mb),
    ...Object.entries(budget).map(([name, value]) => row('limit', name, value)),
    row('other', 'command', JSON.stringify(skill.run.command)),
    row('other', 'license', skill.license),
    row('other', 'tier', skill.tier),
  ]
}
