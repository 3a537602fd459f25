import { posix } from 'node:path'

/** One call that changed the disk, with paths relative to the folder that was watched; `to` of a rename. */
export interface DiskCall {
  readonly call: string
  readonly path: string
  readonly to: string
}

/** What the layer in `faults.c` wrote down. */
export function toCalls(log: string, folder: string): DiskCall[] {
  const inside = (path: string) => (path === folder ? '' : path.slice(folder.length + 1))
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [call, path, to] = line.split('\t')
      return { call: call!, path: inside(path!), to: to === '' ? '' : inside(to!) }
    })
}

/**
 * What a power cut after these calls may take: files that were written and folders whose entries were changed, and not
 * synced since. The strictest reading of what POSIX promises: nothing but a sync brings anything to the disk.
 */
export function notOnDisk(calls: readonly DiskCall[]): string[] {
  const unsynced = new Set<string>()
  for (const { call, path, to } of calls) {
    if (/^(fsync|fdatasync)$/.test(call)) unsynced.delete(path)
    else if (/^(p?write|ftruncate|copy_file_range)/.test(call)) unsynced.add(path)
    else if (call === 'fchmod' || call === 'chmod') continue
    else unsynced.add(posix.dirname(path))
    if (call !== 'rename') continue
    unsynced.add(posix.dirname(to))
    for (const one of [...unsynced])
      if (one === path || one.startsWith(`${path}/`)) {
        unsynced.delete(one)
        unsynced.add(to + one.slice(path.length))
      }
  }
  return [...unsynced]
}
