import { stateFolderSchema } from '../../shared/identifiers.ts'

/** In `fs_write_roots`: any folder that the person chooses for a run, beside the skill's own state. */
export const anyInputRoot = 'input:*'
/** In `fs_write_roots`: any folder of the skill's own state. */
export const anyStateRoot = 'state:*'

/** True when `folder` is one of `roots` or lies in one. Names are compared exactly, upper and lower case included. */
export function isInRoots(folder: string, roots: readonly string[]): boolean {
  if (folder.startsWith('input:'))
    return roots.includes(folder) || (folder.length > 'input:'.length && roots.includes(anyInputRoot))
  return (
    isPlainFolder(folder) &&
    (roots.includes(anyStateRoot) || roots.some((root) => folder === root || folder.startsWith(`${root}/`)))
  )
}

/** The folders that both lists of roots cover, sorted. Of two folders one within the other, the inner one is in both. */
export function meetRoots(a: readonly string[], b: readonly string[]): string[] {
  const covers = (roots: readonly string[], root: string) =>
    root === anyStateRoot ? roots.includes(root) : isInRoots(root, roots)
  return [...new Set([...a.filter((root) => covers(b, root)), ...b.filter((root) => covers(a, root))])].sort()
}

/** A folder inside the skill's state: relative, no `.` or `..` parts, no backslash, no colon. */
export function isPlainFolder(folder: string): boolean {
  return stateFolderSchema.safeParse(folder).success
}
