import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { packFolder } from '../../src/engine/package/pack.ts'
import { createRegistryClient, type RegistryClient } from '../../src/engine/registry-client/client.ts'
import { startRegistry, type RegistryOptions, type RunningRegistry } from '../../src/registry/start.ts'
import { catalogSchema, type CatalogEntry } from '../../src/shared/catalog.ts'
import { SkilletError, type PlainError } from '../../src/shared/errors.ts'
import { releasePath } from '../../src/shared/signed-targets.ts'
import { startSystemPostgres } from './system-postgres.ts'
import { goodSkill } from './sample-skill.ts'

export interface TestRegistry {
  readonly dataDir: string
  readonly registry: RunningRegistry
  readonly admin: RegistryClient
  readonly adminKey: string
  readonly log: string[]
  /** The database as whoever owns everything. */
  readonly ownerUrl: string
  client(apiKey?: string): RegistryClient
  /** A file as anybody may read it, or the refusal that the registry sends. */
  read(path: string): Promise<Uint8Array>
  catalog(): Promise<CatalogEntry[]>
  /** The signed release as it is served. */
  envelope(slug: string, version: string): Promise<Uint8Array>
  /** A statement that steps around every wall, in the schema `registry`: for what only time would do. */
  sql(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  mint(request: Parameters<RegistryClient['mintKey']>[0]): Promise<{ key: string; client: RegistryClient }>
  remove(): Promise<void>
}

/**
 * A real registry with its own PostgreSQL in a temporary folder, or on the distribution's where
 * `on-system-postgres.ts` says so, and an administrator's client.
 */
export async function startTestRegistry(options: Partial<RegistryOptions> = {}): Promise<TestRegistry> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'registry-')))
  const log: string[] = []
  const host =
    process.env['SKILLET_TEST_POSTGRES'] === 'system' && options.databaseUrl === undefined
      ? await startSystemPostgres()
      : null
  const registry = await startRegistry({
    demo: false,
    pack: packFolder,
    log: (line) => log.push(line),
    ...(host === null ? {} : { databaseUrl: host.adminUrl }),
    ...options,
    dataDir,
  })
  const adminKey = (await readFile(join(dataDir, 'keys', 'first-admin.key'), 'utf8')).trim()
  const client = (apiKey?: string) => createRegistryClient({ url: registry.url, apiKey })
  const admin = client(adminKey)
  const ownerUrl = host?.adminUrl ?? options.databaseUrl ?? (await ownerUrlOf(dataDir, registry.databaseUrl))
  async function read(path: string): Promise<Uint8Array> {
    const response = await fetch(registry.url + path)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    const { error } = (await response.json()) as { error: PlainError }
    throw new SkilletError(error.code, error.message, { remedy: error.remedy })
  }
  return {
    dataDir,
    registry,
    admin,
    adminKey,
    log,
    ownerUrl,
    client,
    read,
    envelope: (slug, version) => read(`/${releasePath(slug, version)}`),
    async catalog() {
      const text = Buffer.from(await read('/catalog.json')).toString('utf8')
      return catalogSchema.parse(JSON.parse(text)).skills
    },
    async sql(statement, values) {
      const client = await openAsOwner({ ownerUrl })
      try {
        return (await client.query<Record<string, unknown>>(statement, values)).rows
      } finally {
        await client.end()
      }
    },
    async mint(request) {
      const { key } = await admin.mintKey(request)
      return { key, client: client(key) }
    },
    async remove() {
      await registry.stop()
      await host?.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Where whoever owns everything reaches the PostgreSQL in a registry's folder; `databaseUrl` is the server's way in. */
export async function ownerUrlOf(dataDir: string, databaseUrl: string): Promise<string> {
  const password = (await readFile(join(dataDir, 'keys', 'postgres.password'), 'utf8')).trim()
  const { host, pathname } = new URL(databaseUrl)
  return `postgres://skillet_admin:${password}@${host}${pathname}`
}

/** A connection for what no request can do. The caller ends it. */
export async function openAsOwner({ ownerUrl }: Pick<TestRegistry, 'ownerUrl'>): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('set search_path = registry')
  return owner
}

/** The sample skill as a tarball, with changes to its skill.toml and further files. */
export async function packSample(
  changes: {
    slug?: string
    version?: string
    publisher?: string
    tier?: string
    alternatives?: string[]
    files?: Record<string, string>
  } = {},
): Promise<Uint8Array> {
  const slug = changes.slug ?? 'sample-skill'
  const files: Record<string, string> = {
    ...goodSkill,
    'SKILL.md': goodSkill['SKILL.md'].replace('name: sample-skill', `name: ${slug}`),
    'skill.toml': goodSkill['skill.toml']
      .replace('slug = "sample-skill"', `slug = "${slug}"`)
      .replace('version = "1.0.0"', `version = "${changes.version ?? '1.0.0'}"`)
      .replace('publisher = "skillet-labs"', `publisher = "${changes.publisher ?? 'skillet-labs'}"`)
      .replace(
        'license =',
        `tier = "${changes.tier ?? 'free'}"\nalternatives = ${JSON.stringify(changes.alternatives ?? [])}\nlicense =`,
      ),
    ...changes.files,
  }
  const parent = await mkdtemp(join(tmpdir(), 'sample-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      const target = join(parent, slug, path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, text)
    }
    return (await packFolder(join(parent, slug))).tarball
  } finally {
    await rm(parent, { recursive: true, force: true })
  }
}
