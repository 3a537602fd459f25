import { dirname } from 'node:path'
import { createConnectionTerms } from '../engine/policy/connection-terms.ts'
import {
  createManagedPolicy,
  policySources,
  type ManagedPolicySource,
} from '../engine/policy/managed-policy.ts'
import { chooseRegistry } from '../engine/policy/registry-choice.ts'
import { createRegistryClient, type RegistryClient } from '../engine/registry-client/client.ts'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'
import { launcherPath } from './launcher-path.ts'

/** What administrators decided, for commands that need no engine. */
export function openManagedPolicy(): ManagedPolicySource {
  return createManagedPolicy(policySources(dirname(launcherPath())))
}

/**
 * The registry of `--registry`, or the administrators', with the key of `--api-key` or `key`.
 * @throws SkilletError USAGE without a registry, POLICY_DENIED for one that administrators don't allow, POLICY_INVALID
 */
export async function registryClient(cli: Cli, key?: string): Promise<RegistryClient> {
  const { registryUrl, apiKey } = cli.settings()
  const managed = openManagedPolicy()
  const { url } = chooseRegistry(await managed.read(), registryUrl)
  if (url === null)
    throw new SkilletError('USAGE', 'No registry is named.', {
      remedy: 'Add --registry URL, or set SKILLET_REGISTRY.',
    })
  return createRegistryClient({
    url,
    apiKey: key ?? apiKey ?? undefined,
    terms: createConnectionTerms(managed, url),
  })
}
