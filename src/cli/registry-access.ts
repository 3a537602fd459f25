import { createRegistryClient } from '../engine/registry-client/client.ts'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'

/** The registry of `--registry`, with the key of `--api-key`. Throws USAGE without a registry. */
export function registryClient(cli: Cli): ReturnType<typeof createRegistryClient> {
  const { registryUrl, apiKey } = cli.settings()
  if (registryUrl === null)
    throw new SkilletError('USAGE', 'No registry is named.', {
      remedy: 'Add --registry URL, or set SKILLET_REGISTRY.',
    })
  return createRegistryClient(apiKey === null ? { url: registryUrl } : { url: registryUrl, apiKey })
}
