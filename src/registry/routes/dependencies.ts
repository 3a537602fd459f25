import type { SigningKey } from '../../trust/sign.ts'
import type { Database } from '../db/database.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Publication } from '../publish/publication.ts'
import type { Repository } from '../tuf/repository.ts'

/** What the routes work with. */
export interface Dependencies {
  readonly database: Database
  readonly objects: ObjectStore
  /** The key that signs releases now. */
  readonly signingKey: () => Promise<SigningKey>
  readonly repository: Repository
  readonly publication: Publication
  /** The registry's own address, for links in answers. */
  readonly url: () => string
}
