import { join } from 'node:path'
import type { TryOut } from '../registry/publish/trial.ts'
import type { Capability } from '../shared/capability.ts'
import { assertNotRoot, type Cli } from './context.ts'

/** Test runs for reviewers, in the sandbox and with a journal of their own beside the registry's data. */
export function createTryOut(cli: Cli, dataDir: string): TryOut {
  return async ({ folder, inputs, grants, onOutput }) => {
    assertNotRoot(cli)
    const settings = { home: join(dataDir, 'trials'), registryUrl: null, trustRootFile: null, apiKey: null }
    const engine = await cli.ports.openEngine(settings, () => Promise.resolve(null))
    try {
      const granted: Partial<Record<Capability, null>> = {}
      for (const capability of grants) granted[capability] = null
      return await engine.tryFolder({ folder, inputs, granted }, { onOutput, signal: cli.signal })
    } finally {
      await engine.close()
    }
  }
}
