import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, buildBinary, type PlistValue } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createManagedPreferencesSource,
  preferenceDomain,
} from '../../../../../src/engine/policy/sources/managed-preferences.ts'
import { toPolicyStrings } from '../../../../../src/shared/parse-managed-policy.ts'
import { wholePolicy } from '../../../../support/managed-policies.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'skillet-preferences-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))
const owners = [0, process.getuid!()]
const read = (userName: string | null = null) =>
  createManagedPreferencesSource(userName, { folder, owners }).read()
const write = (content: string | Uint8Array) => writeFile(join(folder, `${preferenceDomain}.plist`), content)

describe('createManagedPreferencesSource', () => {
  it('reads what macOS made of a profile, binary or XML, with its own keys beside', async () => {
    expect(await read()).toBeNull()
    const values = { ...toPolicyStrings(wholePolicy), PayloadUUID: 'B0C5', PayloadVersion: 1 }
    await write(build(values))
    expect(await read()).toEqual(wholePolicy)
    await write(buildBinary(values))
    expect(await read()).toEqual(wholePolicy)
  })

  it('reads the profile of one user from a folder of that name', async () => {
    await mkdir(join(folder, 'ada'))
    await writeFile(join(folder, 'ada', `${preferenceDomain}.plist`), build({ telemetry: 'off' }))
    expect(await read('ada')).toEqual({ telemetry: 'off' })
    expect(await read()).toBeNull()
  })

  const wrong: [string, string | Uint8Array][] = [
    ['nothing', ''],
    ['text', 'telemetry = off'],
    ['half a list', build({ telemetry: 'off' }).slice(0, 150)],
    ['half a binary list', buildBinary({ telemetry: 'off' }).slice(0, 20)],
    ['a list of items', build(['off'])],
    ['letters that are no UTF-8', Buffer.from(build({ organisation: 'Caf\xe9' }), 'latin1')],
    ['a value that is no string', build({ telemetry: true } satisfies PlistValue)],
    ['an array that is no JSON', build({ key_storage: ['keychain'] })],
    ['a key that no policy has', build({ telemtry: 'off' })],
  ]
  it.each(wrong)('stops at %s', async (_, content) => {
    await write(content)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })
})
