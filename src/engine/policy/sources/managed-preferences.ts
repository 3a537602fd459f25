import { parse, parseBinary } from 'plist'
import { parsePolicyStrings } from '../../../shared/parse-managed-policy.ts'
import { readTrusted } from './read-trusted.ts'
import { invalidPolicy, policyOrThrow, type PolicySource } from './source.ts'

/** The domain of Skillet's managed preferences; the payload type of an exported profile is the same. */
export const preferenceDomain = 'org.skillet.desktop'

const maxSizeBytes = 1024 * 1024

/** What macOS itself writes beside a payload's own keys. */
const ownKeysOfMacOs =
  /^Payload(?:UUID|Type|Version|Identifier|DisplayName|Description|Organization|Enabled|Scope)$/

/**
 * What macOS made of an installed profile: a property list, binary or XML, of strings. `userName`: for the profile of this
 * user alone; null for the computer's.
 */
export function createManagedPreferencesSource(
  userName: string | null,
  {
    folder = '/Library/Managed Preferences',
    owners = [0],
  }: { folder?: string; owners?: readonly number[] } = {},
): PolicySource {
  const path = [folder, ...(userName === null ? [] : [userName]), `${preferenceDomain}.plist`].join('/')
  const invalid = (problem: string, cause?: unknown) => invalidPolicy(path, problem, cause)
  return {
    place: path,
    // oxlint-disable-next-line typescript/require-await -- so that a refusal is a rejection
    async read() {
      const bytes = readTrusted({ path, maxSizeBytes, owners, invalid })
      if (bytes === null) return null
      let value: unknown
      try {
        value =
          bytes.subarray(0, 6).toString('latin1') === 'bplist'
            ? parseBinary(new Uint8Array(bytes))
            : parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      } catch (error) {
        throw invalid('is not a property list', error)
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
        throw invalid('is not a list of keys')
      const own = Object.entries(value).filter(([key]) => !ownKeysOfMacOs.test(key))
      return policyOrThrow(path, parsePolicyStrings(Object.fromEntries(own)))
    },
  }
}
