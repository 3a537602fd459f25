import { spawn, type ChildProcess } from 'node:child_process'
import { SkilletError } from '../../shared/errors.ts'
import type { PostgresPrograms } from './postgres-programs.ts'

export interface PostgresProcess {
  /** Why it is over, with PostgreSQL's own last words as cause; null while it runs. */
  ended(): SkilletError | null
  /** Tells it to stop, without waiting. */
  letGo(): void
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=40',
  'log_destination=stderr',
  'logging_collector=off',
]

/**
 * Waits beside PostgreSQL for the end of the pipe that the registry holds: however the registry dies, kill -9
 * included, the system closes it, and the database is stopped in order.
 */
const keeper = `
"$@" </dev/null &
postgres=$!
exec 2>/dev/null
cat >/dev/null
kill -INT $postgres
wait $postgres
`

/** Starts PostgreSQL on a folder and a port of 127.0.0.1. `onEnd` is called once, with its last words. */
export function spawnPostgres(
  programs: PostgresPrograms,
  folder: string,
  port: number,
  onEnd: (words: string) => void,
): PostgresProcess {
  const args = ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  // A group of its own: Ctrl-C reaches the registry alone, which then stops the database in order.
  const options = { detached: true, stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'] }
  // Windows has no such shell: there the next start stops what a killed registry left running.
  const child: ChildProcess =
    process.platform === 'win32'
      ? spawn(programs.postgres, args, options)
      : spawn('/bin/sh', ['-c', keeper, 'sh', programs.postgres, ...args], options)
  let words = ''
  let ended: SkilletError | null = null
  const end = (cause: unknown) => {
    if (ended !== null) return
    ended = new SkilletError('INTERNAL', 'PostgreSQL stopped.', { cause })
    onEnd(words)
  }
  child.once('error', end)
  // A pipe whose reader is gone must not end the registry.
  child.stdin?.on('error', () => undefined)
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-4000)
  })
  // Only PostgreSQL holds this pipe, so its end is PostgreSQL's.
  child.stderr?.once('close', () => end(new Error(words)))
  return { ended: () => ended, letGo: () => child.stdin?.destroy() }
}
