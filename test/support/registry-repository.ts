import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyFolders } from '../../src/registry/tuf/keys.ts'
import {
  createRepository,
  type Repository,
  type RepositoryOptions,
} from '../../src/registry/tuf/repository.ts'
import type { KeyPlaces } from '../../src/registry/tuf/rotate.ts'
import { releasePath } from '../../src/shared/signed-targets.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { createJudge, serveFolder, type Judge } from './registry-judge.ts'

export interface TestRepository {
  readonly dataDir: string
  readonly repository: Repository
  readonly places: KeyPlaces
  readonly url: string
  /** Pinned when this was made. */
  readonly judge: Judge
  /** Another one, which pins the root as it is now. */
  newJudge(): Promise<Judge>
  list(slug: string, version: string, content?: string): Promise<void>
  remove(): Promise<void>
}

/** A TUF repository without a registry around it, served by a static file server. */
export async function makeTestRepository(
  options: Partial<Omit<RepositoryOptions, 'publishKeys'>> = {},
): Promise<TestRepository> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'repository-')))
  const key = generateSigningKey()
  const repository = await createRepository({
    ...options,
    dataDir,
    publishKeys: async () => toPublishKeys([key.publicKey]),
  })
  const server = await serveFolder(dataDir)
  const judges: Judge[] = []
  const newJudge = async () => {
    const judge = await createJudge(server.url, repository.trustRoot)
    judges.push(judge)
    return judge
  }
  const { online, offline } = keyFolders(dataDir)
  return {
    dataDir,
    repository,
    places: { dataDir, online, offline },
    url: server.url,
    judge: await newJudge(),
    newJudge,
    async list(slug, version, content = `${slug} ${version}`) {
      const bytes = new Uint8Array(Buffer.from(content))
      await repository.change({ add: [await repository.writeTarget(releasePath(slug, version), bytes)] })
    },
    async remove() {
      await server.stop()
      for (const judge of judges) await judge.remove()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
