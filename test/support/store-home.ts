import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createJournal, type Journal } from '../../src/engine/audit/journal.ts'
import { capabilityDigest } from '../../src/engine/grants/digest.ts'
import { createGrantStore } from '../../src/engine/grants/store.ts'
import { commit } from '../../src/engine/install/commit.ts'
import { exclusively } from '../../src/engine/install/exclusive.ts'
import { extractTarball } from '../../src/engine/install/extract.ts'
import { recover } from '../../src/engine/install/recover.ts'
import { createStore, type StorePorts } from '../../src/engine/install/store.ts'
import { obtainTarball } from '../../src/engine/install/tarball.ts'
import { createPaths, type Paths } from '../../src/engine/paths.ts'
import type { SkilletError } from '../../src/shared/errors.ts'
import type { Grant } from '../../src/shared/contract/overview.ts'
import type { Release } from '../../src/shared/release.ts'
import type { PublishKeys } from '../../src/shared/signed-targets.ts'
import { encodeBase64 } from '../../src/trust/base64.ts'
import { verifyRelease } from '../../src/trust/verify-release.ts'
import type { SampleRelease } from './sample-release.ts'

export interface StoreHome extends StorePorts {
  readonly journal: Journal
  readonly paths: Paths
  readonly keys: PublishKeys
  readonly now: () => Date
  /** What putting off the settling of an interrupted change was about. */
  readonly putOff: SkilletError | null
}

/** The real store over one folder, opened as the engine opens it. */
export async function openStore(
  home: string,
  keys: PublishKeys,
  now: () => Date = () => new Date(),
): Promise<StoreHome> {
  const paths = createPaths(home)
  const ports = {
    store: createStore(paths),
    grants: createGrantStore({ file: paths.grants }),
    journal: createJournal({ dir: paths.audit, now }),
  }
  return { ...ports, paths, keys, now, putOff: (await recover(ports, now))[0] ?? null }
}

/** The steps of an install that touch the disk, as the installer takes them once everything has been decided. */
export async function installSample(
  home: StoreHome,
  sample: Pick<SampleRelease, 'envelope' | 'tarball'>,
): Promise<void> {
  const { release, keyid } = verifyRelease(sample.envelope, home.keys)
  const tarball = await obtainSample(home, release, sample.tarball)
  const at = home.now().toISOString()
  await exclusively(home, release.slug, () =>
    commit(home, {
      record: {
        schema: 1,
        installId: randomUUID(),
        slug: release.slug,
        version: release.version,
        installedAt: at,
        envelope: encodeBase64(sample.envelope),
        keyid,
        source: 'test',
      },
      grants: [allow(release, at)],
      extract: (folder) => extractTarball(tarball, release, folder),
      finish: () =>
        home.journal.append('install', release.slug, `Installed ${release.slug} ${release.version}.`),
    }),
  )
}

export async function obtainSample(
  { paths }: StoreHome,
  release: Release,
  bytes: Uint8Array,
): Promise<string> {
  await mkdir(paths.cache, { recursive: true })
  const { path } = await obtainTarball(paths, release.tarball, (_, to) => writeFile(to, bytes))
  return path
}

function allow({ slug, skill }: Release, decidedAt: string): Grant {
  return {
    slug,
    capability: 'fs:read',
    decision: 'allow',
    scope: [],
    capabilityDigest: capabilityDigest(skill),
    decidedAt,
    by: 'cli',
    life: 'always',
  }
}
