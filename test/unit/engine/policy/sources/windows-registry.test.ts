import { describe, expect, it } from 'vitest'
import {
  createWindowsRegistrySource,
  type AskReg,
} from '../../../../../src/engine/policy/sources/windows-registry.ts'
import { toPolicyStrings } from '../../../../../src/shared/parse-managed-policy.ts'
import { wholePolicy } from '../../../../support/managed-policies.ts'

const parent = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies'
const key = `${parent}\\Skillet`

/** In the form in which `reg.exe query` prints: an empty line, the key, its values by four spaces, its subkeys. */
function printed(values: Record<string, string>, more: string[] = []): string {
  const lines = Object.entries(values).map(([name, value]) => `    ${name}    REG_SZ    ${value}`)
  return ['', key, ...lines, '', ...more].join('\r\n')
}

function fakeReg(answers: { parent?: string | null; key?: string | Buffer | null }): AskReg {
  return (args) => {
    expect(args[0]).toBe('query')
    expect(args[2]).toBe('/reg:64')
    const stdout =
      args[1] === parent
        ? (answers.parent ?? `\r\n${parent}\\Microsoft\r\n${parent}\\SKILLET\r\n`)
        : answers.key
    return Promise.resolve(
      stdout === null || stdout === undefined || answers.parent === null
        ? { found: false, stdout: Buffer.alloc(0) }
        : { found: true, stdout: Buffer.from(stdout) },
    )
  }
}
const read = (answers: Parameters<typeof fakeReg>[0]) => createWindowsRegistrySource(fakeReg(answers)).read()

describe('createWindowsRegistrySource', () => {
  it('reads the values of the key, and nothing where it isn’t there', async () => {
    expect(await read({ key: printed(toPolicyStrings(wholePolicy)) })).toEqual(wholePolicy)
    expect(await read({ key: printed({}) })).toEqual({})
    expect(await read({ parent: `\r\n${parent}\\Microsoft\r\n${parent}\\Skillets\r\n` })).toBeNull()
  })

  it('reads letters of any language, written as JSON writes them', async () => {
    expect(await read({ key: printed({ organisation: '"Caf\\u00e9 Ltd"' }) })).toEqual({
      organisation: 'Café Ltd',
    })
  })

  it('takes no notice of the key’s own value', async () => {
    expect(await read({ key: `\r\n${key}\r\n    (Standard)    REG_SZ    x\r\n` })).toEqual({})
  })

  const wrong: [string, Parameters<typeof fakeReg>[0]][] = [
    ['a key that may not be read', { key: null }],
    ['policies that can’t be looked up', { parent: null }],
    ['no answer', { key: '' }],
    ['another key’s answer', { key: printed({}).replace('Skillet', 'Other') }],
    ['a number', { key: `\r\n${key}\r\n    telemetry    REG_DWORD    0x0\r\n` }],
    // Windows would put in whatever the environment says.
    ['a text to be filled in', { key: `\r\n${key}\r\n    organisation    REG_EXPAND_SZ    Example Ltd\r\n` }],
    ['a subkey', { key: printed({ telemetry: 'off' }, [`${key}\\Sub`]) }],
    ['a value of several lines', { key: printed({ organisation: 'Example\r\nLtd' }) }],
    ['bytes of some code page', { key: Buffer.from(printed({ organisation: 'Caf\x82' }), 'latin1') }],
    ['an unknown name', { key: printed({ telemtry: 'off' }) }],
    ['a wrong value', { key: printed({ telemetry: 'of' }) }],
  ]
  it.each(wrong)('stops at %s', async (_, answers) => {
    await expect(read(answers)).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('stops where the program can’t be started', async () => {
    const source = createWindowsRegistrySource(() => Promise.reject(new Error('ENOENT')))
    await expect(source.read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })
})
