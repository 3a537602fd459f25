import { deflateSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { loadScript } from './load-script.ts'

interface Lockfile {
  packages?: Record<string, { version?: string; integrity?: string; optional?: boolean }>
}

const { isInstalled } = await loadScript<{ isInstalled(wanted: Lockfile, installed: Lockfile): boolean }>(
  'npm-packages.mjs',
)
const { selectChecks, stagesOf, testPlan } = await loadScript<{
  selectChecks(args: string[]): string[]
  stagesOf(names: string[]): Array<{ title: string; checks: Array<{ name: string }> }>
  testPlan: Array<{ checks: Array<{ name: string; needs?: string }> }>
}>('test-plan.mjs')
const { parsePasswd } = await loadScript<{ parsePasswd(line: string): unknown }>('unprivileged.mjs')
const { parseAddress, userDataFolder } = await loadScript<{
  parseAddress(line: string): unknown
  userDataFolder(env: Record<string, string>, home: string, platform: string): string
}>('demo-registry.mjs')
const { wildAuthority } = await loadScript<{ wildAuthority(cookie: Buffer): Buffer }>('display.mjs')
const { isCompletePng } = await loadScript<{ isCompletePng(bytes: Buffer): boolean }>('screenshot.mjs')

describe('isInstalled', () => {
  const wanted: Lockfile = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/a-darwin': { version: '1.0.0', optional: true },
    },
  }

  it('accepts an install without the packages for other platforms', () => {
    const installed = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } }
    expect(isInstalled(wanted, installed)).toBe(true)
  })

  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['other contents', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    ['nothing', {}],
    [
      'one package too many',
      {
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
        'node_modules/b': { version: '1.0.0' },
      },
    ],
  ])('refuses %s', (_, packages) => {
    expect(isInstalled(wanted, { packages })).toBe(false)
  })
})

describe('selectChecks', () => {
  it('takes all checks, or the named ones with what they need, in the order of the plan', () => {
    expect(selectChecks([])).toEqual(testPlan.flatMap(({ checks }) => checks.map(({ name }) => name)))
    expect(selectChecks(['--only', 'e2e,unit'])).toEqual(['build', 'unit', 'e2e'])
    expect(selectChecks(['--only=lint'])).toEqual(['lint'])
  })

  it('leaves out stages of which nothing was asked for', () => {
    expect(stagesOf(selectChecks(['--only', 'unit-node-24'])).map(({ checks }) => checks)).toEqual([
      [{ name: 'unit-node-24' }],
    ])
    expect(stagesOf(selectChecks([]))).toEqual(testPlan)
  })

  it('lets no check need one of its own stage or of a later one', () => {
    const before = new Set<string>()
    for (const { checks } of testPlan) {
      for (const { needs } of checks) if (needs !== undefined) expect(before).toContain(needs)
      for (const { name } of checks) before.add(name)
    }
  })

  it('refuses a name that is no check', () => {
    expect(() => selectChecks(['--only', 'unti'])).toThrow(RangeError)
    expect(() => selectChecks(['--only'])).toThrow(RangeError)
  })
})

describe('what a start reads', () => {
  it('reads a user from /etc/passwd', () => {
    const line = 'ann:x:1000:100:Ann,,,:/home/ann:/bin/bash\n'
    expect(parsePasswd(line)).toEqual({ name: 'ann', uid: 1000, gid: 100, home: '/home/ann' })
    expect(parsePasswd('')).toBeUndefined()
  })

  it('takes only a whole address from the registry', () => {
    const line = '{"url":"http://127.0.0.1:1","trustRoot":"/r.json","demoKey":"rec_1"}'
    expect(parseAddress(line)).toMatchObject({ url: 'http://127.0.0.1:1' })
    expect(parseAddress('{"url":"http://127.0.0.1:1"}')).toBeUndefined()
    expect(parseAddress('starting…')).toBeUndefined()
  })

  it('keeps a user’s data where the platform does', () => {
    expect(userDataFolder({}, '/home/ann', 'linux')).toBe('/home/ann/.local/share')
    expect(userDataFolder({ XDG_DATA_HOME: '/data' }, '/home/ann', 'linux')).toBe('/data')
    expect(userDataFolder({}, '/Users/ann', 'darwin')).toBe('/Users/ann/Library/Application Support')
  })
})

describe('the display without a screen', () => {
  it('writes one Xauthority entry for any display', () => {
    const bytes = wildAuthority(Buffer.alloc(16, 7))
    expect(bytes.readUInt16BE(0)).toBe(0xffff)
    expect(bytes.readUInt16BE(6)).toBe('MIT-MAGIC-COOKIE-1'.length)
    expect(bytes.readUInt16BE(26)).toBe(16)
    expect(bytes).toHaveLength(44)
  })

  it('takes a screenshot for written only when its last chunk is there', () => {
    const end = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82])
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), deflateSync('x'), end])
    expect(isCompletePng(png)).toBe(true)
    expect(isCompletePng(png.subarray(0, -5))).toBe(false)
    expect(isCompletePng(Buffer.alloc(0))).toBe(false)
  })
})
