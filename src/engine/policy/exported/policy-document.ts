import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { parsePolicyText, type ParsedPolicy } from '../../../shared/parse-managed-policy.ts'
import { parseMobileconfig, toMobileconfig } from './mobileconfig.ts'
import { parseRegFile, toRegFile } from './reg-file.ts'

/** The forms in which a policy is handed out, by their usual endings. */
export const policyForms = ['json', 'mobileconfig', 'reg'] as const
export type PolicyForm = (typeof policyForms)[number]

export function writePolicyDocument(policy: ManagedPolicy, form: PolicyForm): Uint8Array {
  if (form === 'reg') return toRegFile(policy)
  const text = form === 'mobileconfig' ? toMobileconfig(policy) : `${JSON.stringify(policy, null, 2)}\n`
  return new TextEncoder().encode(text)
}

/** A policy in any of these forms, told apart by how it begins. */
export function readPolicyDocument(bytes: Uint8Array): ParsedPolicy {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return parseRegFile(bytes)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { ok: false, problems: [{ key: '', line: null, message: 'it is neither UTF-8 nor UTF-16' }] }
  }
  return text.trimStart().startsWith('<') ? parseMobileconfig(text) : parsePolicyText(text)
}
