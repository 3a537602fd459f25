import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { SkilletError } from '../../../shared/errors.ts'
import { readOnlyAtOnce } from '../../disk.ts'

export interface TrustedFile {
  /** Absolute. */
  readonly path: string
  readonly maxSizeBytes: number
  /** Numeric users whose word counts. */
  readonly owners: readonly number[]
  /** Makes the error: `problem` ends the sentence "The file … ". */
  readonly invalid: (problem: string, cause?: unknown) => SkilletError
}

/** A member of these can become root anyway: `wheel` or `root`, and on macOS `admin`, who may change /Applications. */
const groups: readonly number[] = process.platform === 'darwin' ? [0, 80] : [0]

/** As many links in a row as Linux follows. */
const maxLinks = 40

/**
 * Reads a file that only its owner can have put there: nobody else may write to it, or to a folder on the way to it. What
 * is checked is what is read, through one descriptor, so the file can't be swapped in between. At once: it is small, and
 * read before each run. Null where there is none. On Windows, where Node tells neither owner nor rights, what protects the
 * file are the rights of the folder that it was installed into.
 */
export function readTrusted(file: TrustedFile): Buffer | null {
  const { path, maxSizeBytes, invalid } = file
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null
    assertFolder(file, dirname(path), 0)
    const descriptor = openSync(path, readOnlyAtOnce | (constants.O_NOFOLLOW ?? 0))
    try {
      const stat = fstatSync(descriptor)
      if (!stat.isFile()) throw invalid('is not a file')
      assertNobodyElse(file, path, stat)
      if (stat.size > maxSizeBytes) throw invalid('is too large')
      return readFileSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof SkilletError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw invalid(code === 'ELOOP' ? 'is a link' : "can't be read", error)
  }
}

/** Folder after folder from the root on, links too: whoever may change one of them may change what lies at the end. */
function assertFolder(file: TrustedFile, folder: string, links: number): void {
  const { root } = parse(folder)
  const parts = folder
    .slice(root.length)
    .split(sep)
    .filter((part) => part !== '')
  let at = root
  assertNobodyElse(file, at, lstatSync(at))
  for (const [index, part] of parts.entries()) {
    const inside = at
    at = join(at, part)
    const stat = lstatSync(at)
    assertNobodyElse(file, at, stat)
    if (!stat.isSymbolicLink()) continue
    if (links >= maxLinks) throw file.invalid('lies behind links that lead in a circle')
    // What it leads to is looked at in the same way.
    const target = resolve(inside, readlinkSync(at))
    return assertFolder(file, join(target, ...parts.slice(index + 1)), links + 1)
  }
}

function assertNobodyElse({ path, owners, invalid }: TrustedFile, at: string, stat: Stats): void {
  if (process.platform === 'win32') return
  const isFile = at === path
  if (!owners.includes(stat.uid))
    throw invalid(
      isFile
        ? `belongs to somebody who is not an administrator: user ${stat.uid}`
        : `lies in ${at}, which belongs to somebody who is not an administrator: user ${stat.uid}`,
    )
  // A link has no rights of its own. In a folder like /tmp nobody can replace what belongs to somebody else.
  if (stat.isSymbolicLink() || (stat.isDirectory() && (stat.mode & 0o1000) !== 0)) return
  const others = (stat.mode & 0o002) !== 0
  const group = (stat.mode & 0o020) !== 0 && !groups.includes(stat.gid)
  if (others)
    throw invalid(
      isFile
        ? 'can be changed by everybody on this computer'
        : `lies in ${at}, which can be changed by everybody on this computer`,
    )
  if (group)
    throw invalid(
      isFile
        ? 'can be changed by a group on this computer'
        : `lies in ${at}, which can be changed by a group on this computer`,
    )
}
