import type pg from 'pg'
import type { SigningKey } from '../../trust/sign.ts'
import type { AccessPorts } from '../auth/access.ts'
import type { ConsoleFiles } from '../console-files.ts'
import type { GitHub } from '../auth/github.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Progress } from '../publish/progress.ts'
import type { Scanner } from '../publish/scanner.ts'
import type { Publication } from '../publish/publication.ts'
import type { SecretBox } from '../webhooks/secret-box.ts'
import type { Repository } from '../tuf/repository.ts'

/** What the routes work with. */
export interface Dependencies extends AccessPorts {
  /** The database's connections, for queries that are planned once. */
  readonly pool: Pick<pg.Pool, 'query'>
  readonly objects: ObjectStore
  /** The key that signs releases now. */
  readonly signingKey: () => Promise<SigningKey>
  readonly repository: Repository
  readonly publication: Publication
  /** `mailto:` or `https:`, for those who find a weakness; null where nobody is named. */
  readonly securityContact: string | null
  /** Null where nobody signs in through GitHub. */
  readonly github: GitHub | null
  /** Judges what a payment provider tells; null where there is none. */
  readonly paymentSecret: string | null
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly scanner: Scanner
  /** Whether an issue is opened for what comes from outside the publisher's own team. */
  readonly opensIssues: boolean
  readonly progress: Progress
  readonly webhooks: { readonly box: SecretBox; readonly localToo: boolean }
  readonly metrics: Metrics
  /** Whoever has it may read the metrics; null: this computer alone. */
  readonly metricsToken: string | null
  /** The built console; null where the registry runs without. */
  readonly console: ConsoleFiles | null
  /** The registry's own address, for links in answers. */
  readonly url: () => string
}
