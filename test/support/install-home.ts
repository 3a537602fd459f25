import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createJournal } from '../../src/engine/audit/journal.ts'
import { createGrantStore } from '../../src/engine/grants/store.ts'
import { createInstaller } from '../../src/engine/install/installer.ts'
import type { InstallPorts } from '../../src/engine/install/install-ports.ts'
import { createPolicyCeiling } from '../../src/engine/install/policy-ceiling.ts'
import { recover } from '../../src/engine/install/recover.ts'
import { createRevocationList } from '../../src/engine/install/revocation-list.ts'
import { createStore } from '../../src/engine/install/store.ts'
import { createPaths } from '../../src/engine/paths.ts'
import { createManagedPolicy } from '../../src/engine/policy/managed-policy.ts'
import { probeHardware } from '../../src/engine/probe/probe.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import type { PublishKeys } from '../../src/shared/signed-targets.ts'

/** The real parts of an installer over one folder, as the engine wires them. */
export async function openHome(options: {
  home: string
  registryUrl: string
  root: PublishKeys
  policyFile?: string
  secrets?: string[]
  now?: () => Date
  /** Without any registry. */
  offline?: boolean
}) {
  const { home, registryUrl, root, policyFile = null, secrets = [], now, offline = false } = options
  const paths = createPaths(home)
  const store = createStore(paths)
  const registry = createRegistryClient({ url: registryUrl })
  const grants = createGrantStore({ file: paths.grants })
  const journal = createJournal({ dir: paths.audit })
  const ports: InstallPorts = {
    store,
    root,
    registry: offline ? null : registry,
    revocations: createRevocationList(paths, root, offline ? null : registry),
    grants,
    journal,
    probe: (programs) => probeHardware({ home, programs }),
    secretsPresent: async (names) => new Set(names.filter((name) => secrets.includes(name))),
    assertPolicyAllows: createPolicyCeiling(createManagedPolicy({ file: policyFile })),
    ...(now === undefined ? {} : { now }),
  }
  await recover({ store, grants, journal })
  return { ...ports, paths, registry, installer: createInstaller(ports) }
}

/** Every path under a folder with its kind, permissions and content; parts that `skip` matches are left out. */
export async function treeOf(folder: string, skip: RegExp = /^audit(\/|$)/): Promise<string[]> {
  const lines: string[] = []
  async function walk(relative: string): Promise<void> {
    for (const name of (await readdir(join(folder, relative))).toSorted()) {
      const path = relative === '' ? name : `${relative}/${name}`
      if (skip.test(path)) continue
      const stats = await lstat(join(folder, path))
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isDirectory()) {
        lines.push(`${path}/ ${mode}`)
        await walk(path)
      } else if (stats.isSymbolicLink()) lines.push(`${path} -> ${await readlink(join(folder, path))}`)
      else {
        const digest = createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex')
        lines.push(`${path} ${mode} ${digest}`)
      }
    }
  }
  await walk('')
  return lines
}
