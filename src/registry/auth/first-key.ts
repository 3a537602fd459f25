import { join } from 'node:path'
import type { Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import { writeWhole } from '../whole-file.ts'
import { hasAdminKey, mintKey } from './api-keys.ts'

/**
 * A registry without an administrator's key in force could never be administered, so its start writes one to
 * `keys/first-admin.key` (0600). The log says where, never what; the administrator keeps it and deletes the file.
 * The file is there before the key is, so that a crash in between leaves a start that does it again.
 */
export async function openFirstKey(database: Database, dataDir: string, log: Log): Promise<void> {
  if (await hasAdminKey(database)) return
  const path = join(dataDir, 'keys', 'first-admin.key')
  await mintKey(
    database,
    {
      account: 'registry',
      label: 'First administrator',
      scopes: ['admin', 'review:write', 'write:publish', 'read:catalog'],
      tier: 'pro_plus',
    },
    (key) => writeWhole(path, `${key}\n`),
  )
  log('info', 'keys.first_admin_written', { path })
}
