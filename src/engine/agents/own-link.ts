import { readlink, symlink, unlink } from 'node:fs/promises'
import { statIfThere } from '../disk.ts'

/**
 * A link that leads to where Skillet keeps what agents see of a skill. It is ours as long as it is a link to exactly
 * there; unlinking never follows it.
 */
export async function linkState(at: string, target: string): Promise<'placed' | 'missing' | 'replaced'> {
  const info = await statIfThere(at)
  if (info === null) return 'missing'
  if (!info.isSymbolicLink()) return 'replaced'
  // Windows ends a junction's target with a separator, and may begin it with \\?\.
  const found = (await readlink(at)).replace(/^\\\\\?\\/, '').replace(/[\\/]$/, '')
  return found === target ? 'placed' : 'replaced'
}

/** False where this disk, or this system, makes no links: a copy does. Nothing is ever replaced. */
export async function putLink(at: string, target: string): Promise<boolean> {
  try {
    // A junction needs no administrator; elsewhere the kind is ignored.
    await symlink(target, at, 'junction')
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'UNKNOWN'].includes(code)) return false
    throw error
  }
}

export async function takeLink(at: string, target: string): Promise<boolean> {
  if ((await linkState(at, target)) !== 'placed') return (await statIfThere(at)) === null
  await unlink(at)
  return true
}
