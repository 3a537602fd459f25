import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { SkilletError } from '../../shared/errors.ts'
import type { Log } from '../log.ts'
import { findPostgres, type PostgresPrograms } from './postgres-programs.ts'
import { spawnPostgres } from './postgres-process.ts'
import { isPostgresProcess } from './process-name.ts'

const run = promisify(execFile)
const user = 'skillet_admin'
const database = 'skillet'
/** Held by the registry that works on the data, and let go by the system when that registry dies. */
const ownerLock = "hashtext('skillet registry owner')"

export interface EmbeddedDatabase {
  /** With the right to create roles; it never leaves this process. */
  readonly adminUrl: string
  stop(): Promise<void>
}

/**
 * A PostgreSQL of our own under `dataDir/postgres`, on a random port of 127.0.0.1 behind a random password.
 * A database that a killed registry left running is taken over; one that another registry uses is BUSY.
 * Throws RUNNING_AS_ROOT, BUSY, INTERNAL with PostgreSQL's own words as cause.
 */
export async function startEmbeddedDatabase(dataDir: string, log: Log): Promise<EmbeddedDatabase> {
  if (process.getuid?.() === 0)
    throw new SkilletError(
      'RUNNING_AS_ROOT',
      'The registry keeps its data in PostgreSQL, which refuses to run as root.',
      {
        remedy: 'Start it as an ordinary user, for example: sudo -u YOUR_NAME skillet registry start',
      },
    )
  const programs = await findPostgres()
  const folder = join(dataDir, 'postgres')
  const password = await initialise(dataDir, folder, programs)
  await takeOver(folder, password, programs, log)
  const child = await launchWhenFree(folder, password, programs, log)

  if (!(await takeLock(child.admin))) throw busy(dataDir)
  return {
    adminUrl: child.adminUrl,
    stop: async () => {
      child.expectExit()
      await child.admin.end()
      await run(programs.pgCtl, ['stop', '-D', folder, '-m', 'fast', '-w', '-t', '30'])
    },
  }
}

/**
 * The same database for a command that ends soon: beside a registry that works on the data at the moment, or started for
 * the command alone.
 */
export async function joinEmbeddedDatabase(dataDir: string, log: Log): Promise<EmbeddedDatabase> {
  const running = await findRunning(join(dataDir, 'postgres'))
  const password = await readFile(join(dataDir, 'keys', 'postgres.password'), 'utf8').catch(absent)
  if (running === null || password === null) return startEmbeddedDatabase(dataDir, log)
  const url = (name: string) => addressOf(password.trim(), running.port, name)
  const client = await connect(url('postgres'), async () => {
    if (!(await isPostgresProcess(running.pid))) throw busy(dataDir)
  })
  const orphan = await takeLock(client).finally(() => client.end())
  // Nobody's: its registry was killed.
  if (orphan) return startEmbeddedDatabase(dataDir, log)
  return { adminUrl: url(database), stop: async () => undefined }
}

async function findRunning(folder: string): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(absent))?.split('\n')
  const pid = Number(lines?.[0])
  if (!Number.isSafeInteger(pid) || pid <= 0 || !(await isPostgresProcess(pid))) return null
  return { pid, port: Number(lines?.[3]) }
}

/** Creates the cluster beside its place and moves it there whole, so that a kill half-way leaves nothing behind. */
async function initialise(dataDir: string, folder: string, programs: PostgresPrograms): Promise<string> {
  const passwordFile = join(dataDir, 'keys', 'postgres.password')
  await mkdir(join(dataDir, 'keys'), { recursive: true, mode: 0o700 })
  const known = await readFile(passwordFile, 'utf8').catch(absent)
  const exists = (await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(absent)) !== null
  if (exists) {
    if (known !== null) return known.trim()
    throw new SkilletError(
      'STORE_DAMAGED',
      `${passwordFile} is missing, so the registry's data can't be opened.`,
    )
  }
  const password = known?.trim() ?? randomBytes(32).toString('hex')
  if (known === null) await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' })
  const fresh = `${folder}.new`
  await rm(fresh, { recursive: true, force: true })
  await run(programs.initdb, [
    `--pgdata=${fresh}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]).catch((error: unknown) => {
    throw new SkilletError('INTERNAL', 'PostgreSQL could not set up its data.', { cause: error })
  })
  await rename(fresh, folder)
  return password
}

/** A registry that was killed may leave its PostgreSQL running or stopping, or a `postmaster.pid` that names nobody. */
async function takeOver(
  folder: string,
  password: string,
  programs: PostgresPrograms,
  log: Log,
): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8').catch(absent))?.split('\n')
  if (lines === undefined) return
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0 || !(await isPostgresProcess(pid))) {
    // PostgreSQL itself would refuse to start when another program has got the number by now.
    await rm(pidFile, { force: true })
    log('info', 'database.stale_pid_removed', { pid })
    return
  }
  const gone = new Error('The process ended.')
  let client: pg.Client
  try {
    client = await connect(addressOf(password, Number(lines[3]), 'postgres'), async () => {
      if (!(await isPostgresProcess(pid))) throw gone
    })
  } catch (error) {
    if (error === gone) return // It was about to stop by itself.
    throw error
  }
  try {
    if (!(await takeLock(client))) throw busy(folder)
  } finally {
    await client.end()
  }
  log('info', 'database.orphan_stopped', { pid })
  await run(programs.pgCtl, ['stop', '-D', folder, '-m', 'fast', '-w', '-t', '30'])
}

/** Processes of a PostgreSQL that was killed take a moment to notice; until then they hold its memory. */
async function launchWhenFree(
  ...given: [folder: string, password: string, programs: PostgresPrograms, log: Log]
): ReturnType<typeof launch> {
  const [folder, , , log] = given
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await launch(...given)
    } catch (error) {
      if (!isHeldByOthers(error) || Date.now() > deadline) throw error
      log('info', 'database.still_ending', { folder })
      await sleep(100)
    }
  }
}

/** PostgreSQL's words for it; our clusters speak English (`--locale=C`). */
function isHeldByOthers(error: unknown): boolean {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error && cause.message.includes('pre-existing shared memory block')
}

async function launch(
  folder: string,
  password: string,
  programs: PostgresPrograms,
  log: Log,
): Promise<{ adminUrl: string; admin: pg.Client; expectExit: () => void }> {
  const port = await freePort()
  let expected = false
  const child = spawnPostgres(programs, folder, port, (words) => {
    if (!expected) log('error', 'database.exited', { words: words.slice(-1000) })
  })
  const expectExit = () => (expected = true)
  try {
    const admin = await connect(addressOf(password, port, 'postgres'), async () => {
      const ended = child.ended()
      if (ended !== null) throw ended
    })
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [database])
    if (rowCount === 0) await admin.query(`create database ${admin.escapeIdentifier(database)}`)
    return { adminUrl: addressOf(password, port, database), admin, expectExit }
  } catch (error) {
    expectExit()
    child.letGo()
    throw error
  }
}

/** The lock lives as long as its connection, and counts within one database: always the one called postgres. */
async function takeLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(${ownerLock}) as free`)
  return rows[0]?.free === true
}

/**
 * Waits until PostgreSQL takes connections, for at most 30 seconds: it may be replaying its journal after a kill.
 * `assertAlive` throws once waiting is pointless.
 */
async function connect(url: string, assertAlive: () => Promise<void>): Promise<pg.Client> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => undefined) // The query that was under way rejects with the same error.
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      await assertAlive()
      if (Date.now() > deadline)
        throw new SkilletError('INTERNAL', 'PostgreSQL did not start within 30 seconds.', { cause: error })
      await sleep(50)
    }
  }
}

function addressOf(password: string, port: number, name: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function busy(where: string): SkilletError {
  return new SkilletError('BUSY', `Another registry works on the data in ${where}.`, {
    remedy: 'Stop it first, or choose another folder with --data.',
  })
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
