import { join } from 'node:path'
import { within, type Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import { writeWhole } from '../private-file.ts'
import { mintKey } from './api-keys.ts'

/**
 * A registry without any key could never be administered, so the first start writes one administrator's key to
 * `keys/first-admin.key` (0600). The log says where, never what; the administrator keeps it and deletes the file.
 */
export async function openFirstKey(database: Database, dataDir: string, log: Log): Promise<void> {
  const some = await within(database, { across: 'keys' }, (transaction) =>
    transaction.selectFrom('api_keys').select('id').limit(1).executeTakeFirst(),
  )
  if (some !== undefined) return
  const { key } = await mintKey(database, {
    account: 'registry',
    label: 'First administrator',
    scopes: ['admin', 'review:write', 'write:publish', 'read'],
    tier: 'pro_plus',
  })
  const path = join(dataDir, 'keys', 'first-admin.key')
  await writeWhole(path, `${key}\n`)
  log('info', 'keys.first_admin_written', { path })
}
