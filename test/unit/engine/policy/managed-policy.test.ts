import { describe, expect, it } from 'vitest'
import { createManagedPolicy, policySources } from '../../../../src/engine/policy/managed-policy.ts'
import { builtInPolicyFile } from '../../../../src/engine/policy/policy-places.ts'
import { meetManaged } from '../../../../src/engine/policy/meet-managed.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { managedPolicySchema, type ManagedPolicy } from '../../../../src/shared/managed-policy.ts'
import { wholePolicy } from '../../../support/managed-policies.ts'

const source = (policy: ManagedPolicy | null) => ({ place: 'here', read: () => Promise.resolve(policy) })
const invalid = { place: 'there', read: () => Promise.reject(new SkilletError('POLICY_INVALID', 'No.')) }

describe('the sources of a computer', () => {
  it('are what is built in, the system’s own place, and a file that only root can write', () => {
    const places = (platform: NodeJS.Platform) =>
      policySources('/opt/Skillet/resources/app.asar/out/main', platform).map(({ place }) => place)
    const builtIn = '/opt/Skillet/resources/policy.json'
    expect(places('linux')).toEqual([builtIn, '/etc/skillet/policy.json'])
    expect(places('win32')).toEqual([builtIn, 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Skillet'])
    expect(places('darwin')[1]).toBe('/Library/Managed Preferences/org.skillet.desktop.plist')
    expect(places('darwin')).toHaveLength(4)
  })

  it('has the built-in one in the resources of a package, beside the programs of a checkout', () => {
    expect(builtInPolicyFile('/opt/S/resources/app.asar.unpacked/out/sandbox')).toBe(
      '/opt/S/resources/policy.json',
    )
    expect(builtInPolicyFile('/A/S.app/Contents/Resources/app/out/cli')).toBe(
      '/A/S.app/Contents/Resources/policy.json',
    )
    expect(builtInPolicyFile('/home/ada/app/skillet/out/main')).toBe('/home/ada/app/skillet/out/policy.json')
  })
})

describe('createManagedPolicy', () => {
  it('is none without any, and the stricter of several', async () => {
    expect(await createManagedPolicy([source(null), source(null)]).read()).toBeNull()
    const policies = [source({ telemetry: 'on' }), source(null), source({ telemetry: 'off' })]
    expect(await createManagedPolicy(policies).read()).toEqual({ telemetry: 'off' })
  })

  it('stops where any of them can’t be read, whatever the others say', async () => {
    await expect(createManagedPolicy([source(wholePolicy), invalid]).read()).rejects.toMatchObject({
      code: 'POLICY_INVALID',
    })
  })
})

describe('meetManaged', () => {
  const cases: [string, ManagedPolicy, ManagedPolicy, ManagedPolicy][] = [
    [
      'what one of them says',
      { organisation: 'A' },
      { telemetry: 'off' },
      { organisation: 'A', telemetry: 'off' },
    ],
    [
      'the first, where neither is stricter',
      { organisation: 'A', language: 'de' },
      { organisation: 'B', language: 'en' },
      { organisation: 'A', language: 'de' },
    ],
    [
      'registries of both, with the pin of either',
      {
        registries: [
          { url: 'https://a.example' },
          { url: 'https://b.example' },
          { url: 'https://c.example', root_sha256: 'c'.repeat(64) },
        ],
      },
      {
        registries: [
          { url: 'https://c.example', root_sha256: 'd'.repeat(64) },
          { url: 'https://a.example/', root_sha256: 'a'.repeat(64) },
        ],
      },
      { registries: [{ url: 'https://a.example/', root_sha256: 'a'.repeat(64) }] },
    ],
    [
      'publishers that both allow, none that one blocks',
      { publishers: { allow: ['a', 'b'], block: ['x'] } },
      { publishers: { allow: ['b', 'c'], block: ['y'] } },
      { publishers: { allow: ['b'], block: ['x', 'y'] } },
    ],
    [
      'versions that both allow',
      { skills: { allow: ['a', 'b@>=1.0.0', 'c'] } },
      { skills: { allow: ['a@1.0.0', 'b@<2.0.0', 'd'] } },
      { skills: { allow: ['a@1.0.0', 'b@>=1.0.0 <2.0.0'], block: [], preinstall: [] } },
    ],
    [
      'skills that either preinstalls, once',
      { skills: { preinstall: [{ skill: 'a@1.0.0', grant: [] }] } },
      {
        skills: {
          preinstall: [
            { skill: 'a', grant: ['net'], required: true },
            { skill: 'b', grant: [] },
          ],
        },
      },
      {
        skills: {
          block: [],
          preinstall: [
            // Required by either is required.
            { skill: 'a@1.0.0', grant: [], required: true },
            { skill: 'b', grant: [] },
          ],
        },
      },
    ],
    ['no unsigned folders', { unsigned: 'allowed' }, { unsigned: 'forbidden' }, { unsigned: 'forbidden' }],
    [
      'where both let keys be kept',
      { key_storage: ['keychain', 'vault'] },
      { key_storage: ['session', 'vault'] },
      { key_storage: ['vault'] },
    ],
    ['no statistics', { telemetry: 'off' }, { telemetry: 'on' }, { telemetry: 'off' }],
    [
      'the updates that change least',
      { updates: { mode: 'automatic', mirror: 'https://m.example' } },
      { updates: { mode: 'pinned', version: '1.0.0' } },
      { updates: { mode: 'pinned', version: '1.0.0', mirror: 'https://m.example' } },
    ],
    [
      'agents of both',
      { agents: { allow: ['codex', 'cursor'] } },
      { agents: { allow: ['cursor'] } },
      { agents: { allow: ['cursor'] } },
    ],
    [
      'the bridge off, and the shorter time',
      { bridge: { enabled: true, token_days: 30 } },
      { bridge: { enabled: false, token_days: 7 } },
      { bridge: { enabled: false, token_days: 7 } },
    ],
    [
      'authorities in place of those beside',
      { certificates: { mode: 'add', authorities: wholePolicy.certificates!.authorities } },
      { certificates: wholePolicy.certificates },
      { certificates: wholePolicy.certificates },
    ],
  ]
  it.each(cases)('gives %s', (_, a, b, expected) => {
    const met = meetManaged([a, b])
    expect(met).toEqual(expected)
    expect(managedPolicySchema.safeParse(met).success).toBe(true)
  })

  it('meets ceilings as layers are met', () => {
    const met = meetManaged([
      { ceiling: { capabilities: ['fs:read', 'net'], fs_write_roots: [] } },
      { ceiling: { capabilities: ['net', 'exec'], fs_write_roots: [], net_hosts: ['a.example.com'] } },
    ])
    expect(met?.ceiling).toMatchObject({ capabilities: ['net'], net_hosts: ['a.example.com'] })
  })

  it('changes nothing where a policy meets itself', () => {
    const { ceiling, ...others } = wholePolicy
    const met = meetManaged([wholePolicy, wholePolicy])
    const rules = met?.skills
    expect({ ...met, ceiling, skills: { ...rules, allow: others.skills?.allow } }).toEqual(wholePolicy)
  })
})
