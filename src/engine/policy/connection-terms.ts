import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import type { Route } from '../registry-client/route.ts'
import type { ManagedPolicySource } from './managed-policy.ts'
import { createFleetKeyReader } from './fleet-key.ts'
import { chooseRegistry, type RootPin } from './registry-choice.ts'

/** What administrators say about one connection, asked before each request. */
export interface ConnectionTerms {
  readonly route: Route
  /** In place of whatever key the person has; null: theirs. */
  readonly apiKey: string | null
}

/**
 * What holds now for requests to `url`. `pin`: the trust root that this process was started with, where that matters.
 * @throws SkilletError POLICY_INVALID, POLICY_DENIED where this registry, or its trust root, counts no longer
 */
export function createConnectionTerms(
  managed: ManagedPolicySource,
  url: string,
  pin: RootPin | null | 'any' = 'any',
): () => Promise<ConnectionTerms> {
  const fleetKey = createFleetKeyReader()
  return async () => {
    const policy = await managed.read()
    const now = chooseRegistry(policy, url)
    if (pin !== 'any' && !isSamePin(now.pin, pin))
      throw new SkilletError('POLICY_DENIED', 'Your administrator changed whom this computer trusts.', {
        remedy: 'Close Skillet and start it again.',
      })
    return { route: routeOf(policy), apiKey: await fleetKey(policy?.fleet_key) }
  }
}

/** How Skillet's own requests go out, by the administrators' word. */
export function routeOf(policy: ManagedPolicy | null): Route {
  const { certificates, proxy } = policy ?? {}
  return {
    authorities:
      certificates === undefined ? null : { mode: certificates.mode, pem: certificates.authorities },
    proxy: proxy === undefined ? null : { url: proxy.url, except: proxy.except ?? [] },
  }
}

function isSamePin(a: RootPin | null, b: RootPin | null): boolean {
  const plain = (pin: RootPin | null) =>
    JSON.stringify(pin === null || 'sha256' in pin ? pin : Buffer.from(pin.root).toString('base64'))
  return plain(a) === plain(b)
}
