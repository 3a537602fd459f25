import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createApp } from './app.ts'
import { createAuthenticate } from './auth/api-keys.ts'
import { openFirstKey } from './auth/first-key.ts'
import { assertSecret } from './auth/assert-secret.ts'
import { createGitHub, type GitHubOptions } from './auth/github.ts'
import { secretFile } from './auth/secret-file.ts'
import { createKeyUse } from './auth/key-use.ts'
import { createSessions } from './auth/sessions.ts'
import { readConsoleFiles } from './console-files.ts'
import { openPool } from './db/database.ts'
import { watchReleases } from './db/watch-releases.ts'
import { startEmbeddedDatabase } from './db/embedded.ts'
import { prepareDatabase } from './db/prepare.ts'
import { openDemoKeys, publishDemoSkills, type Pack } from './demo.ts'
import { createAccessLog } from './http/access-log.ts'
import { addressOf } from './http/address.ts'
import { listen, type ListenOptions, type TlsFiles } from './http/listen.ts'
import { createMetrics } from './http/metrics.ts'
import { createRateLimits } from './http/rate-limits.ts'
import { createListener } from './http/ready-answers.ts'
import { createLog } from './log.ts'
import { openObjects } from './objects/open.ts'
import { createJobs, type JobTimes } from './jobs/jobs.ts'
import { createKnownNames } from './publish/known-names.ts'
import { createIssueOpener, type IssueTracker } from './publish/open-issue.ts'
import { createProgress } from './publish/progress.ts'
import { createPublication } from './publish/publication.ts'
import { createScan } from './publish/scan.ts'
import { createScanner } from './publish/scanner.ts'
import { createListing } from './publish/list-release.ts'
import { createSigning } from './publish/sign-release.ts'
import { createSigningKey, firstPublishKeys } from './publish/signing-key.ts'
import { settleStranded } from './publish/stranded.ts'
import { createTrials, type TryOut } from './publish/trial.ts'
import { startUpkeep } from './publish/upkeep.ts'
import { withRepositoryLock } from './publish/repository-lock.ts'
import { keyFolders, keysIn } from './tuf/keys.ts'
import { createStanding } from './standing.ts'
import { createRepository } from './tuf/repository.ts'
import { createDelivery } from './webhooks/deliver.ts'
import { createSecretBox } from './webhooks/secret-box.ts'

export interface RegistryOptions {
  /** Everything that the registry keeps: keys, objects, and the database unless `databaseUrl` names another. */
  dataDir: string
  /** Address to listen on; by default 127.0.0.1, so that only this computer reaches it. */
  host?: string
  /** 0 or absent: any free port. */
  port?: number
  /** A PostgreSQL 15 or newer of your own, `postgres://NAME:PASSWORD@HOST:PORT/DATABASE`. */
  databaseUrl?: string | undefined
  /** Encrypts with this certificate. */
  tls?: TlsFiles | undefined
  /** How patient it is with connections. */
  listening?: Pick<ListenOptions, 'headersMs' | 'certificateMs'>
  /** Where browsers and clients reach it, if that is another address than it listens on. */
  publicUrl?: string | undefined
  /** True behind a proxy of one's own, which says in `x-forwarded-for` where a request comes from. */
  behindProxy?: boolean
  /** An OAuth app, for people to sign in to the console with. */
  github?: GitHubOptions | undefined
  /** `mailto:…` or `https://…`, for those who find a weakness. */
  securityContact?: string | undefined
  /** On a developer's computer: webhooks may point to this computer, unencrypted. */
  localWebhooks?: boolean
  /** Shared with a payment provider, which signs what it tells. */
  paymentSecret?: string | undefined
  /** Whoever has it may read `/metrics`; by default this computer alone may. */
  metricsToken?: string | undefined
  /** Multiplies every rate limit. */
  rateLimitFactor?: number
  /** Mints keys and publishes every skill of `skillsDir`. */
  demo: boolean
  /** By default `skills` in the working folder. */
  skillsDir?: string | undefined
  /** Packs a demo skill's folder, in the very way a publisher does: `packFolder` of the engine, which this layer may not import. */
  pack: Pack
  /** The folder of the built web console; absent: there is none. */
  consoleDir?: string | undefined
  /** Runs a skill in the sandbox for reviewers; without it, that is left to workers elsewhere. */
  tryOut?: TryOut | undefined
  /** Leaves scans and test runs to workers elsewhere. */
  scanElsewhere?: boolean
  /** Where tarballs lie, `s3://…`; by default `objects` in the data folder. */
  objects?: string | undefined
  /** Where issues are opened about what comes from outside a publisher's own team. */
  issues?: IssueTracker | undefined
  jobTimes?: Partial<JobTimes> | undefined
  /** Takes the log's lines, JSON each; by default they go to stderr. */
  log?: (line: string) => void
}

export interface RunningRegistry {
  readonly url: string
  /** Path of the trust root that clients pin: the newest TUF root metadata. */
  readonly trustRoot: string
  /** The folder with the offline keys, while it is still on this computer. */
  readonly offlineKeys: string | null
  /** The database as the server uses it: a role that owns nothing, held by row-level security. */
  readonly databaseUrl: string
  readonly adminKey?: string
  /** A `rec_` key of the free tier. */
  readonly demoKey?: string
  stop(): Promise<void>
}

/**
 * Starts a registry and resolves when it answers.
 * Throws RUNNING_AS_ROOT (its own PostgreSQL refuses that), BUSY, INPUT_INVALID, STORE_DAMAGED.
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  assertSecret('SKILLET_PAYMENT_SECRET', options.paymentSecret)
  assertSecret('SKILLET_METRICS_TOKEN', options.metricsToken)
  const log = createLog(options.log)
  const dataDir = resolve(options.dataDir)
  const opened: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close()
  }
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    let adminUrl = options.databaseUrl
    if (adminUrl === undefined) {
      const embedded = await startEmbeddedDatabase(dataDir, log)
      opened.push(() => embedded.stop())
      adminUrl = embedded.adminUrl
    }
    const { serverUrl } = await prepareDatabase(adminUrl)
    const { database, pool } = openPool(serverUrl, log)
    opened.push(() => database.destroy())
    const repository = await withRepositoryLock(database, (connection) =>
      createRepository({ dataDir, publishKeys: () => firstPublishKeys(dataDir, connection) }),
    )
    const signingKey = createSigningKey(dataDir, repository)
    await signingKey()
    const publication = createPublication(database, repository, log)
    await publication.repair()
    const progress = createProgress()
    const { moved } = progress
    // Closed after the jobs, since one that is under way may still need it.
    const scanner = createScanner()
    opened.push(async () => scanner.close())
    const jobs = await createJobs(pool, log, options.jobTimes)
    opened.push(() => jobs.stop())
    const settle = () => settleStranded({ database, jobs, moved, log })
    const upkeep = await startUpkeep({ database, repository, publication, settle, log })
    opened.push(() => upkeep.stop())
    const { trustRoot } = repository
    const { offline } = keyFolders(dataDir)
    const offlineKeys = (await keysIn(offline)).length > 0 ? offline : null
    if (offlineKeys !== null) log('info', 'keys.offline_here', { path: offlineKeys })

    // Known before the first request, but for the port.
    let url = options.tls === undefined ? '' : 'https:'
    const objects = await openObjects(options.objects, dataDir)
    const webhooks = {
      box: createSecretBox(await secretFile(dataDir, 'webhooks')),
      localToo: options.localWebhooks === true,
    }
    const knownNames = createKnownNames(database)
    const scan = createScan({ database, objects, jobs, scanner, knownNames, moved })
    const signing = { database, objects, scanner, knownNames, signingKey, publication, jobs, moved }
    const { tryOut, issues } = options
    await jobs.work({
      ...(options.scanElsewhere === true
        ? {}
        : { lint: scan('lint'), archive: scan('archive'), code: scan('code') }),
      ...(tryOut === undefined || options.scanElsewhere === true
        ? {}
        : { trial: createTrials({ database, objects, scanner, tryOut }) }),
      ...(issues === undefined
        ? {}
        : { issue: createIssueOpener(database, issues, () => options.publicUrl ?? url) }),
      sign: createSigning(signing),
      publish: createListing(signing),
      deliver: createDelivery({ database, jobs, ...webhooks }),
    })
    const watch = await watchReleases(serverUrl, log)
    opened.push(() => watch.stop())
    const metrics = createMetrics(pool)
    const limits = createRateLimits(pool, options.rateLimitFactor)
    const accessLog = createAccessLog(metrics, log)
    const app = createApp(
      {
        database,
        pool,
        sessions: createSessions(database, await secretFile(dataDir, 'sessions')),
        noteUse: createKeyUse(database, log),
        limits,
        authenticate: createAuthenticate(database, pool, limits),
        addressOf: (context) => addressOf(context, options.behindProxy === true),
        github: options.github === undefined ? null : createGitHub(options.github),
        metrics,
        metricsToken: options.metricsToken ?? null,
        securityContact: options.securityContact ?? null,
        paymentSecret: options.paymentSecret ?? null,
        signingKey,
        objects,
        jobs,
        scanner,
        opensIssues: issues !== undefined,
        progress,
        webhooks,
        repository,
        publication,
        console: options.consoleDir === undefined ? null : await readConsoleFiles(options.consoleDir),
        url: () => options.publicUrl ?? url,
      },
      accessLog,
      log,
    )
    const where = { ...options.listening, host: options.host ?? '127.0.0.1', port: options.port ?? 0 }
    const standing = createStanding(watch, repository.files)
    const listener = await listen(
      createListener(app, { standing, accessLog }),
      { ...where, tls: options.tls },
      log,
    )
    opened.push(() => listener.close())
    url = listener.url
    const running = { url, trustRoot, offlineKeys, databaseUrl: serverUrl, stop }
    if (!options.demo) {
      await openFirstKey(database, dataDir, log)
      return ready(running)
    }
    const keys = await openDemoKeys(database, dataDir)
    await publishDemoSkills({
      url,
      keys,
      skillsDir: resolve(options.skillsDir ?? 'skills'),
      pack: options.pack,
      log,
    })
    return ready({ ...running, adminKey: keys.adminKey, demoKey: keys.demoKey })
  } catch (error) {
    await stop()
    throw error
  }

  function ready(running: RunningRegistry): RunningRegistry {
    log('info', 'registry.ready', { url: running.url })
    return running
  }
}
