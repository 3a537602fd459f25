import type { ConnectionTerms } from '../policy/connection-terms.ts'
import { parseRegistryUrl } from '../registry-client/address.ts'
import { createConnection, defaultStallTimeoutMs } from '../registry-client/request.ts'
import type { TelemetryPorts } from './telemetry.ts'

/** The two ways to the registry: one that never says whose it is, and one with the key of a bundle or a fleet. */
export function createTelemetryConnections({
  registryUrl,
  apiKey,
  hasFleetKey,
  terms,
}: {
  registryUrl: string | null
  apiKey: string | null
  /** Administrators gave this computer the key of a fleet. */
  hasFleetKey: boolean
  terms: (url: string) => () => Promise<ConnectionTerms>
}): Pick<TelemetryPorts, 'keyless' | 'keyed'> {
  if (registryUrl === null) return { keyless: null, keyed: null }
  const url = parseRegistryUrl(registryUrl)
  const shared = { url, stallTimeoutMs: defaultStallTimeoutMs }
  const termsOf = terms(url)
  const isOfBundle = hasFleetKey || /^(cbt_|rec_fleet_)/.test(apiKey ?? '')
  return {
    keyless: createConnection({
      ...shared,
      apiKey: undefined,
      terms: async () => ({ ...(await termsOf()), apiKey: null }),
    }),
    keyed: isOfBundle ? createConnection({ ...shared, apiKey: apiKey ?? undefined, terms: termsOf }) : null,
  }
}
