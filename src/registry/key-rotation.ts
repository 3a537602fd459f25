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
import type { StolenRelease } from './publish/sign-again.ts'
import { firstPublishKeys, publishKeyName } from './publish/signing-key.ts'
import type { RotatableKey } from './rotatable-roles.ts'
import { keyFolders } from './tuf/keys.ts'
import { leapAhead } from './tuf/recover.ts'
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
 * `since`: for `publish` with `compromised`, from when on releases may be the thief's; they are listed no more.
 * Throws NOT_WRITABLE for another user than the registry's, INPUT_INVALID where its database isn't named, and NOT_FOUND
 * where there is no registry, or the offline keys that this needs aren't in their folder.
 */
export async function rotateRegistryKey(
  place: RegistryPlace,
  request: {
    role: RotatableKey
    compromised: boolean
    key?: string | undefined
    since?: Date | undefined
  },
): Promise<{
  role: string
  fingerprint: string
  signedAgain: readonly StolenRelease[]
  delisted: readonly StolenRelease[]
  rootVersion: number
  trustRoot: string
}> {
  const { role, compromised, key: named, since } = request
  return atWork(
    place,
    async ({ connection, repository, places }) => {
      const { key, signedAgain, delisted } =
        role === 'publish'
          ? await rotatePublishKey(connection, repository, places, { compromised, stolenKey: named, since })
          : {
              key: await rotateRole(repository, places, role, { rootKey: named }),
              signedAgain: [],
              delisted: [],
            }
      const { root } = await repository.state()
      const { trustRoot } = repository
      return { role, fingerprint: key.keyid, signedAgain, delisted, rootVersion: root.version, trustRoot }
    },
    // What was published and not yet listed would be missed when the releases are signed again.
    { complete: role === 'publish' && compromised },
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

/**
 * After a registry's folder came back from a backup: brings the lists up to the database and signs them under numbers
 * above all that clients can have seen. Throws as rotateRegistryKey does.
 */
export async function recoverRegistry(
  place: RegistryPlace,
): Promise<{ rootVersion: number; trustRoot: string }> {
  return atWork(
    place,
    async ({ repository, places }) => {
      await leapAhead(repository, places)
      return { rootVersion: (await repository.state()).root.version, trustRoot: repository.trustRoot }
    },
    { complete: true },
  )
}

/** `complete`: first brings everything that the database says into the lists. */
async function atWork<T>(
  place: RegistryPlace,
  work: (parts: { connection: Database; repository: Repository; places: KeyPlaces }) => Promise<T>,
  { complete } = { complete: false },
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
    if (complete) await createPublication(database, repository, log).repair()
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
