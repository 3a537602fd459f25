import { basename, join } from 'node:path'
import type { InstallRecord, Store } from './store.ts'
import { latest } from './wall-clock.ts'

/** Where the edited copy of an installed skill is set aside; the time in its name says until when it is kept. */
export function editedPath(store: Store, record: InstallRecord, now: Date): string {
  const at = latest(now, record.installedAt).replace(/[-:.]/g, '')
  return join(store.paths.edited, `${record.slug}-${record.version}-${at}`)
}

/** When a copy was set aside; null for anything else that lies there. */
export function editedAtOf(path: string): Date | null {
  const parts = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(basename(path))
  if (parts === null) return null
  const [, year, month, day, hour, minute, second, millisecond] = parts
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`)
}
