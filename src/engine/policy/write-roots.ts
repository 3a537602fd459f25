import { relativePathSchema } from '../../shared/identifiers.ts'

/** In `fs_write_roots`: any folder that the person chooses for a run, beside the skill's own state. */
export const anyInputRoot = 'input:*'

/** True when `folder` is one of `roots` or lies in one. Names are compared exactly, upper and lower case included. */
export function isInRoots(folder: string, roots: readonly string[]): boolean {
  if (folder.startsWith('input:'))
    return roots.includes(folder) || (folder.length > 'input:'.length && roots.includes(anyInputRoot))
  return isPlainFolder(folder) && roots.some((root) => folder === root || folder.startsWith(`${root}/`))
}

/** A folder inside the skill's state: relative, no `.` or `..` parts, no backslash. */
export function isPlainFolder(folder: string): boolean {
  return !folder.startsWith('input:') && relativePathSchema.safeParse(folder).success
}
