import type { SigningKey } from '../../trust/sign.ts'
import type { Document } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import type { ObjectStore } from '../objects/files.ts'

/** What the routes work with. */
export interface Dependencies {
  readonly database: Database
  readonly objects: ObjectStore
  readonly signingKey: SigningKey
  readonly catalog: () => Promise<Document>
  readonly revocationList: () => Promise<Document>
  /** The registry's own address, for links in answers. */
  readonly url: () => string
}
