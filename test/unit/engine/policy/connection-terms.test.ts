import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConnectionTerms } from '../../../../src/engine/policy/connection-terms.ts'
import { createFleetKeyReader } from '../../../../src/engine/policy/fleet-key.ts'
import { chooseRegistry } from '../../../../src/engine/policy/registry-choice.ts'
import type { ManagedPolicy } from '../../../../src/shared/managed-policy.ts'
import { wholePolicy } from '../../../support/managed-policies.ts'
import { codeOf } from '../../trust/code.ts'

const url = 'https://skills.example.com'

describe('createConnectionTerms', () => {
  it('says how to get there, and asks anew each time', async () => {
    let policy: ManagedPolicy | null = null
    const terms = createConnectionTerms({ read: () => Promise.resolve(policy) }, url)
    expect(await terms()).toEqual({ route: { authorities: null, proxy: null }, apiKey: null })
    policy = { proxy: wholePolicy.proxy, certificates: wholePolicy.certificates }
    expect(await terms()).toMatchObject({
      route: { authorities: { mode: 'replace' }, proxy: { url: 'http://proxy.example.com:3128' } },
    })
    policy = { registries: [{ url: 'https://other.example.com' }] }
    await expect(terms()).rejects.toMatchObject({
      code: 'POLICY_DENIED',
      remedy: 'Close Skillet and start it again.',
    })
  })

  it('stops where another trust root was pinned since', async () => {
    const pinned = { registries: [{ url, root_sha256: 'a'.repeat(64) }] }
    const managed = { read: () => Promise.resolve(pinned) }
    const { pin } = chooseRegistry(pinned, url)
    await createConnectionTerms(managed, url, pin)()
    expect(await codeOf(createConnectionTerms(managed, url, null)())).toBe('POLICY_DENIED')
    expect(await codeOf(createConnectionTerms(managed, url, { sha256: 'b'.repeat(64) })())).toBe(
      'POLICY_DENIED',
    )
  })
})

describe('chooseRegistry', () => {
  it('takes addresses for the same that differ in nothing', () => {
    const policy = { registries: [{ url: 'https://skills.example.com/a' }] }
    const same = ['https://SKILLS.example.com/a/', 'https://skills.example.com:443/a', null]
    for (const asked of same) expect(chooseRegistry(policy, asked).url).toBe('https://skills.example.com/a')
    const others = [
      'https://skills.example.com',
      'http://skills.example.com/a',
      'no address',
      `${url}/a/../b`,
    ]
    for (const asked of others) expect(() => chooseRegistry(policy, asked)).toThrow(/doesn't allow/)
  })
})

describe('createFleetKeyReader', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-key-'))
    file = join(folder, 'fleet.key')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const read = createFleetKeyReader({ owners: [0, process.getuid!()] })

  it('reads a file that administrators wrote, and no other', async () => {
    expect(await read(undefined)).toBeNull()
    expect(await codeOf(read({ file }))).toBe('POLICY_INVALID')
    await writeFile(file, 'rec_fleet_0123\n')
    expect(await read({ file })).toBe('rec_fleet_0123')
    await chmod(file, 0o666)
    expect(await codeOf(read({ file }))).toBe('POLICY_INVALID')
    await rm(file)
    await writeFile(join(folder, 'elsewhere'), 'rec_fleet_other')
    await symlink(join(folder, 'elsewhere'), file)
    expect(await codeOf(read({ file }))).toBe('POLICY_INVALID')
  })

  it('takes nothing that could become a second header', async () => {
    await writeFile(file, 'rec_fleet_0123\r\nx-other: 1')
    const refusal = await read({ file }).catch((error: Error) => error)
    expect(refusal).toMatchObject({ code: 'POLICY_INVALID' })
    expect(String(refusal)).not.toContain('rec_fleet_0123')
  })

  it('reads an entry of the keychain, once', async () => {
    let asked = 0
    const keychain = {
      get: (name: string) => Promise.resolve(asked++ === 0 && name === 'FLEET_KEY' ? 'k' : null),
    }
    const fromKeychain = createFleetKeyReader({ keychain })
    expect(await fromKeychain({ keychain: 'FLEET_KEY' })).toBe('k')
    expect(await fromKeychain({ keychain: 'FLEET_KEY' })).toBe('k')
    expect(await codeOf(fromKeychain({ keychain: 'OTHER_KEY' }))).toBe('POLICY_INVALID')
  })
})
