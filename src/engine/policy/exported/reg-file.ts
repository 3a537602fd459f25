import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import {
  parsePolicyStrings,
  toPolicyStrings,
  type ParsedPolicy,
} from '../../../shared/parse-managed-policy.ts'
import { policyKey } from '../sources/windows-registry.ts'

const heading = 'Windows Registry Editor Version 5.00'

/**
 * A file that Windows' registry editor takes: UTF-16LE with its mark, CRLF. The key is deleted first, so that nothing of an
 * earlier policy stays.
 */
export function toRegFile(policy: ManagedPolicy): Uint8Array {
  const values = Object.entries(toPolicyStrings(policy)).map(
    ([name, value]) => `"${name}"="${value.replace(/[\\"]/g, '\\$&')}"`,
  )
  const lines = [heading, '', `[-${policyKey}]`, '', `[${policyKey}]`, ...values, '']
  return new Uint8Array(Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le'))
}

/** The policy in such a file. */
export function parseRegFile(bytes: Uint8Array): ParsedPolicy {
  const lines = Buffer.from(bytes)
    .toString('utf16le')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
  if (lines[0]?.trim() !== heading) return failed(1, 'it is no file of the registry editor, version 5')
  const strings: [string, string][] = []
  let inKey = false
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '' || line.startsWith(';')) continue
    const key = /^\[(-?)(.+)\]$/.exec(line)
    const value = /^"([^"\\]+)"="((?:[^"\\]|\\["\\])*)"$/.exec(line)
    if (key !== null) inKey = key[1] === '' && key[2]?.toLowerCase() === policyKey.toLowerCase()
    else if (value !== null && inKey) strings.push([value[1]!, value[2]!.replace(/\\(["\\])/g, '$1')])
    else
      return failed(index + 1, inKey ? 'is not a string value' : `belongs to another key than ${policyKey}`)
  }
  return parsePolicyStrings(Object.fromEntries(strings))
}

function failed(line: number, message: string): ParsedPolicy {
  return { ok: false, problems: [{ key: '', line, message }] }
}
