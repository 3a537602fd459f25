import { readdir, readFile, readlink } from 'node:fs/promises'

/** A program that runs on this computer, for a person to recognise. */
export interface PeerProcess {
  readonly pid: number
  readonly name: string
  /** Of the program's file; null where the system doesn't tell. */
  readonly path: string | null
}

/**
 * Which process holds a socket, by `/proc/PID/fd` (proc(5)). Only those of the same person can be looked into; null where
 * none of them has it. A socket that several processes share is said to be of the one with the lowest number.
 */
export async function processOf(inode: string): Promise<PeerProcess | null> {
  const wanted = `socket:[${inode}]`
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of pids.sort((a, b) => a - b)) if (await holds(pid, wanted)) return describe(pid)
  return null
}

async function holds(pid: number, wanted: string): Promise<boolean> {
  // It may have ended meanwhile, or be somebody else's.
  const open = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  return targets.includes(wanted)
}

async function describe(pid: number): Promise<PeerProcess> {
  const [name, path] = await Promise.all([
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
    readlink(`/proc/${pid}/exe`).catch(() => null),
  ])
  return { pid, name: name.trim(), path }
}
