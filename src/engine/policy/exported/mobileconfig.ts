import { createHash } from 'node:crypto'
import { build, parse } from 'plist'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import {
  parsePolicyStrings,
  toPolicyStrings,
  type ParsedPolicy,
} from '../../../shared/parse-managed-policy.ts'
import { preferenceDomain } from '../sources/managed-preferences.ts'

const profileIdentifier = 'org.skillet.policy'

/**
 * A configuration profile for macOS whose one payload is the policy. Its identifiers depend on the organisation alone, so
 * that a later version takes the place of an earlier one.
 */
export function toMobileconfig(policy: ManagedPolicy): string {
  const organisation = policy.organisation ?? ''
  const head = (identifier: string, type: string, name: string) => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuidOf(`${identifier} ${organisation}`),
    PayloadDisplayName: name,
    ...(organisation === '' ? {} : { PayloadOrganization: organisation }),
  })
  return build({
    ...head(profileIdentifier, 'Configuration', 'Skillet'),
    PayloadDescription: 'What Skillet may do on this computer.',
    PayloadScope: 'System',
    PayloadContent: [
      {
        ...head(`${profileIdentifier}.settings`, preferenceDomain, 'Skillet'),
        ...toPolicyStrings(policy),
      },
    ],
  })
}

/** The policy in a profile that was exported here, or written by hand in the same form. */
export function parseMobileconfig(text: string): ParsedPolicy {
  try {
    const profile = parse(text) as { PayloadContent?: Record<string, unknown>[] } | null
    const payload = profile?.PayloadContent?.find(({ PayloadType: type }) => type === preferenceDomain)
    if (payload === undefined) return failed('it is no profile with settings for Skillet')
    return parsePolicyStrings(
      Object.fromEntries(Object.entries(payload).filter(([key]) => !key.startsWith('Payload'))),
    )
  } catch {
    return failed('it is no property list')
  }
}

/** An RFC 9562 UUID of version 8, made of a name. */
function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function failed(message: string): ParsedPolicy {
  return { ok: false, problems: [{ key: '', line: null, message }] }
}
