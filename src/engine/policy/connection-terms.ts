import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import type { Route } from '../registry-client/route.ts'
import type { ManagedPolicySource } from './managed-policy.ts'
import { createFleetKeyReader } from './fleet-key.ts'
import { chooseRegistry, type RootPin } from './registry-choice.ts'

const startAgain = 'Close Skillet and start it again.'

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
    const now = stillAllowed(policy, url)
    if (pin !== 'any' && !isSamePin(now.pin, pin))
      throw new SkilletError('POLICY_DENIED', 'Your administrator changed whom this computer trusts.', {
        remedy: startAgain,
      })
    return { route: routeOf(policy), apiKey: await fleetKey(policy?.fleet_key) }
  }
}

/** It was allowed when this process started: the person has to name nothing, only to start anew. */
function stillAllowed(policy: ManagedPolicy | null, url: string): ReturnType<typeof chooseRegistry> {
  try {
    return chooseRegistry(policy, url)
  } catch (error) {
    if (!(error instanceof SkilletError)) throw error
    throw new SkilletError(error.code, error.message, { remedy: startAgain, cause: error })
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
