import { readFile } from 'node:fs/promises'

/** Tells a process from a later one with the same number. `started` is null where the system doesn't say. */
export interface ProcessIdentity {
  readonly pid: number
  readonly started: string | null
}

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, started: await startedAt(pid) }
}

/** False once the process is gone, also when its number belongs to another one by now. */
export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  if (!exists(process.pid)) return false
  const started = await startedAt(process.pid)
  return process.started === null || started === null || started === process.started
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Linux: field 22 of /proc/PID/stat, in clock ticks since the start of the computer, with that start's own name. */
async function startedAt(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    // The program's name in field 2 may contain spaces and brackets; the last bracket ends it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? null : `${boot}:${ticks}`
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ESRCH'
    )
      return null
    throw error
  }
}
