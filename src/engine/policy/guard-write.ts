import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import type { Policy } from '../../shared/policy.ts'
import { createPaths, defaultHome } from '../paths.ts'
import { isHostilePart } from './windows-names.ts'
import { anyStateRoot, isPlainFolder } from './write-roots.ts'

export interface WritingSkill {
  readonly slug: string
  /** The skill's own state folder, absolute; by default `state/<slug>` under Skillet's home. */
  readonly stateDir?: string
}

/**
 * Says whether a skill may write to `path` (absolute, or relative to its state folder), which must lie in one of the
 * policy's `fs_write_roots` (`state:*` stands for any folder of its own). Links along the way are resolved, and a last
 * part that is a link, a device or one of several names of the same file is refused. It answers for this moment; while a
 * skill runs, its sandbox enforces the same.
 *
 * @returns the absolute path to write to, free of links and `..`
 * @throws SkilletError WRITE_DENIED
 */
export function guardWrite(skill: WritingSkill, path: string, policy: Policy): string {
  const slug = typeof skill?.slug === 'string' ? skill.slug : 'What has no name'
  const denied = (why: string, cause?: unknown) =>
    new SkilletError('WRITE_DENIED', `${slug} may not write there: ${why}.`, { cause })

  if (!isNames(policy?.capabilities) || !isNames(policy.fs_write_roots))
    throw denied("what it may do can't be told")
  if (!policy.capabilities.includes('fs:write')) throw denied('it was not allowed to write at all')
  if (!slugSchema.safeParse(slug).success) throw denied("its own name isn't valid")
  // oxlint-disable-next-line no-control-regex
  if (typeof path !== 'string' || path === '' || /[\u0000-\u001f\u007f]/.test(path))
    throw denied("the path isn't valid")
  const stateDir = skill.stateDir ?? join(createPaths(defaultHome()).state, slug)
  if (typeof stateDir !== 'string' || !isAbsolute(stateDir)) throw denied("its folder isn't known")

  const wanted = resolve(stateDir, path)
  if (process.platform === 'win32') {
    if (relative(stateDir, wanted).split(sep).some(isHostilePart))
      throw denied('the name has a special meaning')
  } else if (path.includes('\\')) throw denied("the path isn't valid")

  let state: string
  let target: string
  try {
    state = realPathOf(stateDir)
    target = realPathOf(wanted)
    assertOrdinary(target)
  } catch (error) {
    throw denied('the way there leads through something that is no ordinary file or folder', error)
  }
  const roots = policy.fs_write_roots.filter(isPlainFolder).map((root) => join(state, root))
  const anywhere = policy.fs_write_roots.includes(anyStateRoot) && target.startsWith(state + sep)
  if (!anywhere && !roots.some((root) => target === root || target.startsWith(root + sep)))
    throw denied('it is outside the folders that it may write to')
  return target
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && [...value].every((item) => typeof item === 'string')
}

/** The real path of what exists of `path`, and the rest as it is. A link that leads nowhere throws. */
function realPathOf(path: string): string {
  const missing: string[] = []
  for (let existing = path; ; existing = dirname(existing)) {
    if (lstatSync(existing, { throwIfNoEntry: false }) !== undefined)
      return join(realpathSync.native(existing), ...missing)
    if (dirname(existing) === existing) return path
    missing.unshift(basename(existing))
  }
}

/** A second hard link would be a file elsewhere under another name; a device or pipe is no file at all. */
function assertOrdinary(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined || stat.isDirectory()) return
  if (!stat.isFile() || stat.nlink > 1) throw new Error(`not an ordinary file: ${path}`)
}
