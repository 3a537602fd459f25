import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, parse } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toMobileconfig } from '../../../../../src/engine/policy/exported/mobileconfig.ts'
import {
  policyForms,
  readPolicyDocument,
  writePolicyDocument,
} from '../../../../../src/engine/policy/exported/policy-document.ts'
import { createFileSource } from '../../../../../src/engine/policy/sources/file.ts'
import {
  createManagedPreferencesSource,
  preferenceDomain,
} from '../../../../../src/engine/policy/sources/managed-preferences.ts'
import {
  createWindowsRegistrySource,
  policyKey,
} from '../../../../../src/engine/policy/sources/windows-registry.ts'
import type { ManagedPolicy } from '../../../../../src/shared/managed-policy.ts'
import { wholePolicy } from '../../../../support/managed-policies.ts'

const tricky: ManagedPolicy = { ...wholePolicy, organisation: 'Café "Süd" \\ شركة Ltd' }
const owners = [0, process.getuid!()]

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'skillet-exported-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Profile {
  PayloadUUID: string
  PayloadContent: Record<string, string>[]
}
const profileOf = (policy: ManagedPolicy) => parse(toMobileconfig(policy)) as unknown as Profile

describe.each([wholePolicy, tricky, {}])('what is exported', (policy: ManagedPolicy) => {
  it('is read back to the same policy by the file, and by whoever imports it', async () => {
    for (const form of policyForms)
      expect(readPolicyDocument(writePolicyDocument(policy, form)), form).toEqual({ ok: true, policy })
    const file = join(folder, 'policy.json')
    await writeFile(file, writePolicyDocument(policy, 'json'))
    expect(await createFileSource(file, owners).read()).toEqual(policy)
  })

  it('is read back by macOS’s managed preferences, which are the profile’s payload', async () => {
    const [payload] = profileOf(policy).PayloadContent
    expect(payload!['PayloadType']).toBe(preferenceDomain)
    await writeFile(join(folder, `${preferenceDomain}.plist`), build(payload!))
    expect(await createManagedPreferencesSource(null, { folder, owners }).read()).toEqual(policy)
  })

  it('is read back from Windows’ registry, as reg.exe prints what its editor took in', async () => {
    const bytes = Buffer.from(writePolicyDocument(policy, 'reg'))
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xfe])
    const text = bytes.toString('utf16le')
    expect(text).toContain(`[-${policyKey}]\r\n`)
    const values = [...text.matchAll(/^"(.+?)"="(.*)"\r$/gm)].map(
      ([, name, value]) => `    ${name}    REG_SZ    ${value!.replace(/\\(["\\])/g, '$1')}`,
    )
    const source = createWindowsRegistrySource((args) =>
      Promise.resolve({
        found: true,
        stdout: Buffer.from(
          args[1] === policyKey ? ['', policyKey, ...values, ''].join('\r\n') : `\r\n${policyKey}\r\n`,
          'utf8',
        ),
      }),
    )
    expect(await source.read()).toEqual(policy)
  })
})

describe('an exported profile', () => {
  it('keeps its identifiers as long as the organisation is the same', () => {
    const first = profileOf({ organisation: 'Example Ltd' })
    const later = profileOf({ organisation: 'Example Ltd', telemetry: 'off' })
    const other = profileOf({ organisation: 'Other Ltd' })
    const uuids = (profile: Profile) => [
      profile.PayloadUUID,
      ...profile.PayloadContent.map(({ PayloadUUID: uuid }) => uuid),
    ]
    expect(uuids(later)).toEqual(uuids(first))
    expect(new Set([...uuids(first), ...uuids(other)]).size).toBe(4)
    for (const uuid of uuids(first))
      expect(uuid).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/)
  })
})

describe('readPolicyDocument', () => {
  const wrong: [string, Uint8Array | string][] = [
    ['nothing', ''],
    ['another profile', build({ PayloadContent: [{ PayloadType: 'com.example' }] })],
    ['half a profile', toMobileconfig(wholePolicy).slice(0, 300)],
    [
      'another key of the registry',
      Buffer.from(
        '\ufeffWindows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\X]\r\n"telemetry"="off"\r\n',
        'utf16le',
      ),
    ],
    [
      'a number',
      Buffer.from(
        `\ufeffWindows Registry Editor Version 5.00\r\n\r\n[${policyKey}]\r\n"telemetry"=dword:00000000\r\n`,
        'utf16le',
      ),
    ],
    ['bytes', new Uint8Array([0x80, 0x81])],
  ]
  it.each(wrong)('says what is wrong with %s', (_, content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const parsed = readPolicyDocument(bytes)
    expect(parsed).toMatchObject({ ok: false })
  })
})
