import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** True when a process with this number runs and is PostgreSQL: numbers are used again after a restart. */
export async function isPostgresProcess(pid: number): Promise<boolean> {
  try {
    return /\bpostgres(\.exe)?\b/i.test(await nameOf(pid))
  } catch {
    return false // No such process.
  }
}

async function nameOf(pid: number): Promise<string> {
  switch (process.platform) {
    case 'linux':
      return readFile(`/proc/${pid}/comm`, 'utf8')
    case 'win32':
      return (await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])).stdout
    default:
      return (await run('ps', ['-p', String(pid), '-o', 'comm='])).stdout
  }
}
