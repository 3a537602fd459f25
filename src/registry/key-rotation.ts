import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import { openDatabase, type Database } from './db/database.ts'
import { joinEmbeddedDatabase } from './db/embedded.ts'
import { prepareDatabase } from './db/prepare.ts'
import { createLog } from './log.ts'
import { createPublication } from './publish/publication.ts'
import { withRepositoryLock } from './publish/repository-lock.ts'
import { rotatePublishKey } from './publish/rotate-publish-key.ts'
import { firstPublishKeys, publishKeyName } from './publish/signing-key.ts'
import type { RotatableKey } from './rotatable-roles.ts'
import { keyFolders } from './tuf/keys.ts'
import { createRepository, type Repository } from './tuf/repository.ts'
import { renewOffline, rotateRole, type KeyPlaces } from './tuf/rotate.ts'
import { readIfThere } from './whole-file.ts'

export interface RegistryPlace {
  /** The registry's folder of data; whether it runs at the moment doesn't matter. */
  readonly dataDir: string
  /** The database that the registry was started with, unless it is its own. */
  readonly databaseUrl?: string | undefined
  /** By default `keys/offline` in the folder of data. */
  readonly offlineKeys?: string | undefined
  /** Takes the log's lines. */
  readonly log?: (line: string) => void
}

/**
 * Replaces one of the registry's keys. A registry that runs meanwhile goes on, with the new key.
 * `key`: which of the root keys; for `publish`, with `compromised`, the fingerprint of an earlier key that was stolen.
 * Throws NOT_WRITABLE for another user than the registry's, INPUT_INVALID where its database isn't named, and NOT_FOUND
 * where there is no registry, or the offline keys that this needs aren't in their folder.
 */
export async function rotateRegistryKey(
  place: RegistryPlace,
  request: { role: RotatableKey; compromised: boolean; key?: string | undefined },
): Promise<{ role: string; fingerprint: string; resigned: number; rootVersion: number; trustRoot: string }> {
  const { role, compromised, key: named } = request
  // What was published and not yet listed would be missed when the releases are signed again.
  const complete = (database: Database, repository: Repository) =>
    createPublication(database, repository).repair()
  return atWork(
    place,
    async ({ connection, repository, places }) => {
      const { key, resigned } =
        role === 'publish'
          ? await rotatePublishKey(connection, repository, places, { compromised, stolenKey: named })
          : { key: await rotateRole(repository, places, role, { rootKey: named }), resigned: 0 }
      const { root } = await repository.state()
      const { trustRoot } = repository
      return { role, fingerprint: key.keyid, resigned, rootVersion: root.version, trustRoot }
    },
    role === 'publish' && compromised ? complete : undefined,
  )
}

/** Signs root and targets, which only the offline keys can, for another year. Throws as rotateRegistryKey does. */
export async function renewRegistry(
  place: RegistryPlace,
): Promise<{ rootVersion: number; rootExpires: string; targetsExpires: string; trustRoot: string }> {
  return atWork(place, async ({ repository, places }) => {
    await renewOffline(repository, places)
    const { root, role } = await repository.state()
    return {
      rootVersion: root.version,
      rootExpires: root.expires,
      targetsExpires: (await role('targets')).expires,
      trustRoot: repository.trustRoot,
    }
  })
}

async function atWork<T>(
  place: RegistryPlace,
  work: (parts: { connection: Database; repository: Repository; places: KeyPlaces }) => Promise<T>,
  before?: (database: Database, repository: Repository) => Promise<void>,
): Promise<T> {
  const dataDir = resolve(place.dataDir)
  await assertRegistry(dataDir, place.databaseUrl)
  const folders = keyFolders(dataDir)
  const log = createLog(place.log)
  const closing: (() => Promise<void>)[] = []
  try {
    let adminUrl = place.databaseUrl
    if (adminUrl === undefined) {
      const embedded = await joinEmbeddedDatabase(dataDir, log)
      closing.push(() => embedded.stop())
      adminUrl = embedded.adminUrl
    }
    const { serverUrl } = await prepareDatabase(adminUrl)
    const database = openDatabase(serverUrl, log)
    closing.push(() => database.destroy())
    const repository = await withRepositoryLock(database, (connection) =>
      createRepository({ dataDir, publishKeys: () => firstPublishKeys(dataDir, connection) }),
    )
    const offline = resolve(place.offlineKeys ?? folders.offline)
    await before?.(database, repository)
    return await withRepositoryLock(database, (connection) =>
      work({ connection, repository, places: { dataDir, online: folders.online, offline } }),
    )
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

async function assertRegistry(dataDir: string, databaseUrl: string | undefined): Promise<void> {
  const folder = await stat(dataDir).catch(() => null)
  // Files of another user's, root's included, would be out of the registry's reach.
  if (folder !== null && process.getuid !== undefined && folder.uid !== process.getuid())
    throw new SkilletError('NOT_WRITABLE', `${dataDir} belongs to another user.`, {
      remedy: 'Run this as the user that the registry runs as.',
    })
  const is = async (...path: string[]) => (await readIfThere(join(dataDir, ...path))) !== null
  if (!(await is('keys', `${publishKeyName}.json`)) && !(await is('trust-root.json')))
    throw new SkilletError('NOT_FOUND', `There is no registry in ${dataDir}.`, {
      remedy: 'Name the folder that the registry was started with: --data DIR',
    })
  if (databaseUrl === undefined && !(await is('postgres', 'PG_VERSION')))
    throw new SkilletError('INPUT_INVALID', "This registry's database is not in its folder.", {
      remedy: 'Name it as the registry was started with it: --database URL',
    })
}
