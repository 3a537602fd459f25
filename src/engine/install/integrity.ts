import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { SkilletError } from '../../shared/errors.ts'
import type { VerifyReport } from '../../shared/contract/library.ts'
import type { Release, ReleaseFile } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { atOnceBytes, readOnlyAtOnce } from '../disk.ts'
import { envelopeOf, type InstallRecord, type Store } from './store.ts'

export type IntegrityReport = VerifyReport['skills'][number]

/**
 * The release of an installed skill, its signature verified with the keys that are pinned now.
 * @throws SkilletError NOT_INSTALLED, STORE_DAMAGED, and what verifyRelease throws
 */
export async function installedRelease(
  store: Store,
  keys: PublishKeys,
  slug: string,
): Promise<{ record: InstallRecord; release: Release }> {
  const record = await store.require(slug)
  const { envelope, version } = record
  const known = verified.get(keys)?.get(slug)
  if (known?.envelope === envelope && known.release.version === version)
    return { record, release: known.release }
  const { release } = verifyRelease(envelopeOf(record), keys, { slug, version })
  const ofKeys = verified.get(keys) ?? new Map()
  verified.set(keys, ofKeys.set(slug, { envelope, release }))
  return { record, release }
}

/** The same envelope, judged by the same keys, says the same: once per list of keys that was parsed. */
const verified = new WeakMap<PublishKeys, Map<string, { envelope: string; release: Release }>>()

/**
 * Holds every installed file against the signed release, in quarantine as well. Reads all bytes: sizes and dates alone
 * can be forged.
 */
export async function verifyInstalled(
  store: Store,
  keys: PublishKeys,
  slug: string,
): Promise<IntegrityReport> {
  const { record, release } = await installedRelease(store, keys, slug)
  return compare(store.filesOf(record), release)
}

/**
 * All installed skills, each by `verify`. One whose record can't be read, or is signed by nobody whose word counts, is
 * reported with that record as what changed, and keeps none of the others from being verified.
 */
export async function verifyAll(
  store: Store,
  verify: (slug: string) => Promise<IntegrityReport>,
): Promise<VerifyReport> {
  const skills: IntegrityReport[] = []
  const report = (slug: string, version: string, problem: SkilletError) => {
    // Signed by somebody else is not altered.
    const changed = problem.code === 'SIGNER_UNTRUSTED' ? [] : [`records/${slug}.json`]
    skills.push({ slug, version, ok: false, changed, missing: [], extra: [], problem: problem.toPlain() })
  }
  for (const { slug, version } of await store.list())
    try {
      skills.push(await verify(slug))
    } catch (error) {
      if (!(error instanceof SkilletError) || !recordTrouble.has(error.code)) throw error
      report(slug, version, error)
    }
  for (const { slug, problem } of await store.damaged()) report(slug, '', problem)
  return { ok: skills.every(({ ok }) => ok), skills }
}

const recordTrouble = new Set([
  'STORE_DAMAGED',
  'ENVELOPE_INVALID',
  'SIGNATURE_INVALID',
  'SIGNER_UNTRUSTED',
  'RELEASE_INVALID',
])

async function compare(folder: string, release: Release): Promise<IntegrityReport> {
  const expected = new Map(release.files.map((file) => [file.path, file]))
  const folders = new Set(release.files.flatMap(({ path }) => parentsOf(path)))
  const changed: string[] = []
  const extra: string[] = []

  let turn = performance.now()

  /** The files of a folder that is gone, can't be read, or is something else stay in `expected`, hence missing. */
  async function walk(relative: string): Promise<void> {
    const entries = await orOnDamage(readdir(join(folder, relative), { withFileTypes: true }), [])
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory() && folders.has(path)) {
        await walk(path)
        continue
      }
      if (performance.now() - turn > turnMs) {
        await setImmediate()
        turn = performance.now()
      }
      const file = expected.get(path)
      if (file === undefined) extra.push(path)
      else if (!entry.isFile() || !(await orOnDamage(matches(join(folder, path), file), false)))
        changed.push(path)
      expected.delete(path)
    }
  }

  await walk('')
  const missing = [...expected.keys()]
  const ok = changed.length + extra.length + missing.length === 0
  return { slug: release.slug, version: release.version, ok, changed, missing, extra }
}

/** This process has too much open, or too little memory; the skill may be as it was. */
const ownTrouble = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])

/** What can't be opened or read isn't as it was installed, whatever the reason. */
async function orOnDamage<T>(look: Promise<T>, damaged: T): Promise<T> {
  return look.catch((error: NodeJS.ErrnoException) => {
    if (ownTrouble.has(error.code ?? '')) throw error
    return damaged
  })
}

/**
 * The release of a skill that may be used as far as its files are concerned. Another Skillet may be replacing them at
 * this moment, so what doesn't match is looked at again alone.
 * @throws SkilletError REVOKED for one in quarantine, INTEGRITY_BROKEN naming the first file, BUSY, and what
 *   verifyInstalled throws
 */
export async function assertIntact(store: Store, keys: PublishKeys, slug: string): Promise<Release> {
  const look = async (): Promise<Release> => {
    const { record, release } = await installedRelease(store, keys, slug)
    if (record.withdrawn !== null)
      throw new SkilletError('REVOKED', `${slug} was withdrawn: ${record.withdrawn.reason}`)
    await assertFilesIntact(store.filesOf(record), release)
    return release
  }
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof SkilletError) || error.code !== 'INTEGRITY_BROKEN') throw error
    return store.lock.hold(look).catch((again: unknown) => {
      // On a disk that can't be written nobody replaces anything.
      throw again instanceof SkilletError && again.code === 'NOT_WRITABLE' ? error : again
    })
  }
}

/** Holds the files in a folder against a signed release. @throws SkilletError INTEGRITY_BROKEN naming the first file */
export async function assertFilesIntact(folder: string, release: Release): Promise<void> {
  const report = await compare(folder, release)
  if (report.ok) return
  const [what, paths] = (
    [
      ['was changed', report.changed],
      ['is missing', report.missing],
      ['was added', report.extra],
    ] as const
  ).find(([, list]) => list.length > 0)!
  throw new SkilletError(
    'INTEGRITY_BROKEN',
    `${release.slug} is not as it was installed: ${paths[0]} ${what}.`,
    { remedy: `Repair it in the Library, or with: skillet verify ${release.slug} --repair` },
  )
}

/** Milliseconds after which small files that are read at once let others have their turn. */
const turnMs = 2

async function matches(path: string, expected: ReleaseFile): Promise<boolean> {
  const flags = readOnlyAtOnce | (constants.O_NOFOLLOW ?? 0)
  if (expected.size <= atOnceBytes) {
    const file = openSync(path, flags)
    try {
      return isAsExpected(fstatSync(file), expected) && sha256Hex(readFileSync(file)) === expected.sha256
    } finally {
      closeSync(file)
    }
  }
  const file = await open(path, flags)
  try {
    // A skill's files fit into memory, and one read of each is several times faster than a stream.
    return isAsExpected(await file.stat(), expected) && sha256Hex(await file.readFile()) === expected.sha256
  } finally {
    await file.close()
  }
}

function isAsExpected(stats: Stats, { size, executable }: ReleaseFile): boolean {
  if (!stats.isFile() || stats.size !== size) return false
  return process.platform === 'win32' || ((stats.mode & 0o100) !== 0) === executable
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
