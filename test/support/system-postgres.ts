import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const password = 'of a test'

/** The PostgreSQL that the distribution brings, with data of its own: another one than comes along with Skillet. */
export async function startSystemPostgres(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const bin = await findPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'system-postgres-'))
  await chmod(folder, 0o700)
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await run(join(bin, 'initdb'), [
    `--pgdata=${data}`,
    '--username=skillet_admin',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ])
  const port = await freePort()
  const words = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off']
  const child = spawn(join(bin, 'postgres'), words, { stdio: 'ignore' })
  const urlOf = (database: string) =>
    `postgres://skillet_admin:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
  const admin = await connect(urlOf('postgres'), () => child.exitCode)
  await admin.query('create database skillet')
  await admin.end()
  return {
    adminUrl: urlOf('skillet'),
    async stop() {
      child.kill('SIGINT')
      await once(child, 'close')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where Debian and Ubuntu put it, the newest first. */
async function findPrograms(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error('There is no PostgreSQL here: install the package postgresql.')
  return join('/usr/lib/postgresql', newest, 'bin')
}

async function connect(url: string, exitCode: () => number | null): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (exitCode() !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
