import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createJournal } from '../../src/engine/audit/journal.ts'
import { createCatalogIndex } from '../../src/engine/catalog/catalog-index.ts'
import { createGrantStore } from '../../src/engine/grants/store.ts'
import { createInstaller } from '../../src/engine/install/installer.ts'
import type { InstallPorts } from '../../src/engine/install/install-ports.ts'
import { recover } from '../../src/engine/install/recover.ts'
import { createStore } from '../../src/engine/install/store.ts'
import { createPaths } from '../../src/engine/paths.ts'
import { assertWithinLayers } from '../../src/engine/policy/layers.ts'
import { createManagedPolicy } from '../../src/engine/policy/managed-policy.ts'
import { createFileSource } from '../../src/engine/policy/sources/file.ts'
import { probeHardware } from '../../src/engine/probe/probe.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { createRegistryTrust } from '../../src/engine/trust/registry-trust.ts'

/** The real parts of an installer over one folder, as the engine wires them. */
export async function openHome(options: {
  home: string
  /** Null: without any registry. */
  registryUrl: string | null
  /** Path of the root metadata that is pinned. */
  trustRoot: string
  policyFile?: string
  secrets?: string[]
  now?: () => Date
}) {
  const { home, registryUrl, trustRoot, policyFile = null, secrets = [], now } = options
  const clock = now === undefined ? {} : { now }
  const paths = createPaths(home)
  const store = createStore(paths)
  const registry = registryUrl === null ? null : createRegistryClient({ url: registryUrl })
  const managed = createManagedPolicy(
    policyFile === null ? [] : [createFileSource(policyFile, [0, process.getuid!()])],
  )
  const grants = createGrantStore({ file: paths.grants })
  const journal = createJournal({ dir: paths.audit })
  const trust = createRegistryTrust({
    paths,
    pinnedRoot: new Uint8Array(await readFile(trustRoot)),
    registry,
    ...clock,
  })
  const catalog = createCatalogIndex({
    file: (freshness) => trust.catalogFile(freshness),
    indexFile: join(home, 'cache', 'catalog.index'),
  })
  const ports: InstallPorts = {
    store,
    trust,
    registry,
    catalog,
    grants,
    journal,
    probe: (programs) => probeHardware({ home, programs }),
    secretsPresent: async (names) => new Set(names.filter((name) => secrets.includes(name))),
    assertPolicyAllows: async (manifest) =>
      assertWithinLayers(manifest, { managed: await managed.read(), user: {} }),
    ...clock,
  }
  await recover({ ...ports, journal })
  return { ...ports, paths, keys: () => trust.lastKnownKeys(), installer: createInstaller(ports) }
}

export type InstallHome = Awaited<ReturnType<typeof openHome>>
