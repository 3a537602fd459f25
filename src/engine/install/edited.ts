import { basename, join } from 'node:path'
import { exists } from '../disk.ts'
import type { InstallRecord, Store } from './store.ts'
import { latest } from './wall-clock.ts'

/**
 * Where the edited copy of an installed skill is set aside; the time in its name says until when it is kept. Nothing is
 * there yet.
 */
export async function editedPath(store: Store, record: InstallRecord, now: Date): Promise<string> {
  const at = latest(now, record.installedAt)
  return unused(join(store.paths.edited, `${record.slug}-${record.version}-${inName(new Date(at))}`))
}

/** This path, or, where something is there, one that is named for the next free millisecond. */
export async function unused(path: string): Promise<string> {
  const at = editedAtOf(path)
  if (at === null || !(await exists(path))) return path
  const next = inName(new Date(at.getTime() + 1))
  return unused(path.slice(0, -next.length) + next)
}

const inName = (at: Date) => at.toISOString().replace(/[-:.]/g, '')

/** When a copy was set aside; null for anything else that lies there. */
export function editedAtOf(path: string): Date | null {
  const parts = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(basename(path))
  if (parts === null) return null
  const [, year, month, day, hour, minute, second, millisecond] = parts
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`)
}
