import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeychain, type Keytar } from '../../src/engine/secrets/keychain.ts'

// This file needs a running, unlocked keychain and fails without one: what it proves can't be had from a stand-in.
const service = `Skillet test ${process.pid}`
const keychain = createKeychain({ service })
const keytar = createRequire(import.meta.url)('keytar') as Keytar & {
  findCredentials(service: string): Promise<{ account: string }[]>
}

describe('with an unlocked keychain', () => {
  afterAll(async () => {
    for (const { account } of await keytar.findCredentials(service))
      await keytar.deletePassword(service, account)
  })

  it('says that it is available, and leaves no entry of its own behind', async () => {
    expect(await keychain.state()).toEqual({
      available: true,
      name: expect.any(String) as string,
      problem: null,
      fix: null,
    })
    expect(await keytar.findCredentials(service)).toEqual([])
  })

  it('keeps a key, replaces it, names it and removes it', async () => {
    const value = 'sk-"quoted" ünïcode\nsecond line'
    await keychain.set('ONE_API_KEY', value)
    await keychain.set('ANOTHER_TOKEN', 'x')
    expect(await keychain.get('ONE_API_KEY')).toBe(value)
    await keychain.set('ONE_API_KEY', 'replaced')
    expect(await keychain.get('ONE_API_KEY')).toBe('replaced')
    expect(await keychain.find(['ANOTHER_TOKEN', 'NO_SUCH_KEY', 'ONE_API_KEY'])).toEqual(
      new Map([
        ['ANOTHER_TOKEN', 'x'],
        ['ONE_API_KEY', 'replaced'],
      ]),
    )
    expect(await keychain.remove('ONE_API_KEY')).toBe(true)
    expect(await keychain.remove('ONE_API_KEY')).toBe(false)
    expect(await keychain.get('ONE_API_KEY')).toBeNull()
  })

  it('survives many calls at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => keychain.set(`KEY_${index}`, `value ${index}`)),
    )
    const values = await Promise.all(Array.from({ length: 20 }, (_, index) => keychain.get(`KEY_${index}`)))
    expect(values).toEqual(Array.from({ length: 20 }, (_, index) => `value ${index}`))
  })

  it('is looked through while another Skillet adds and removes entries, which ends whoever lists them', async () => {
    const other = `const keytar = require('keytar')
      const again = () => keytar.setPassword(${JSON.stringify(service)}, '.check-other', 'x')
        .then(() => keytar.deletePassword(${JSON.stringify(service)}, '.check-other')).then(again)
      again()`
    const list = `const keytar = require('keytar'), left = { times: 3000 }
      const again = () => left.times-- && keytar.findCredentials(${JSON.stringify(service)}).catch(() => undefined).then(again)
      again()`
    await keychain.set('ONE_API_KEY', 'value')
    const beside = spawn(process.execPath, ['-e', other], { stdio: 'ignore' })
    try {
      const lister = spawnSync(process.execPath, ['-e', list], { stdio: 'ignore' })
      expect(lister.signal).toBe('SIGSEGV')
      for (let times = 0; times < 300; times++)
        expect(await keychain.find(['ONE_API_KEY'])).toEqual(new Map([['ONE_API_KEY', 'value']]))
    } finally {
      beside.kill('SIGKILL')
    }
  })

  it.each([
    ['a name that is none', 'lower', 'x'],
    ['a name like those of its own checks', '.check-1', 'x'],
    ['an empty value', 'A_KEY', ''],
    ['a value that would be cut at its NUL', 'A_KEY', 'a\0b'],
  ])('refuses %s', async (_, name, value) => {
    await expect(keychain.set(name, value)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('without a usable keychain', () => {
  let folder: string
  let program: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-keychain-'))
    program = join(folder, 'report.cjs')
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: 'test/support/keychain-report.ts',
        outDir: folder,
        emptyOutDir: false,
        rolldownOptions: {
          external: ['keytar'],
          output: { format: 'cjs', entryFileNames: 'report.cjs', codeSplitting: false },
        },
      },
      ssr: { noExternal: true, external: ['keytar'] },
    })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Runs the report in a process of its own, where the session can be taken away. */
  const report = (command: string, args: string[], env: Record<string, string>) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const own = {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        NODE_PATH: join(process.cwd(), 'node_modules'),
        ...env,
      }
      execFile(command, args, { env: own, timeout: 60_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stderr}`))
        // A keychain that D-Bus starts says its own words first.
        else resolve(JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, unknown>)
      })
    })

  it('says so plainly, refuses every call and keeps nothing anywhere else', async () => {
    const result = await report(process.execPath, [program], { DBUS_SESSION_BUS_ADDRESS: '' })
    expect(result['state']).toMatchObject({
      available: false,
      problem: 'No keychain is running in this session.',
      fix: expect.stringContaining('gnome-keyring') as string,
    })
    expect(result['codes']).toEqual({
      get: 'KEYCHAIN_UNAVAILABLE',
      set: 'KEYCHAIN_UNAVAILABLE',
      remove: 'KEYCHAIN_UNAVAILABLE',
      find: 'KEYCHAIN_UNAVAILABLE',
    })
    expect(result['filesHoldingTheValue']).toEqual([])
  })

  it('says so where the keychain is locked', async () => {
    const within = (script: string) => [
      '--',
      'sh',
      '-c',
      `gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; ${script}`,
    ]
    const unlocked = `printf 'x\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1`
    const keytar = (call: string) => `"${process.execPath}" -e 'require("keytar").${call}'`
    await report(
      'dbus-run-session',
      [
        '--',
        'sh',
        '-c',
        `${unlocked}; ${keytar('setPassword("Skillet", "STORED_KEY", "value")')}; echo '{}'`,
      ],
      {},
    )

    const result = await report('dbus-run-session', within(`"${process.execPath}" "${program}"`), {})
    expect(result['state']).toMatchObject({ available: false, problem: 'The keychain is locked.' })
    expect(result['codes']).toEqual({
      get: 'KEYCHAIN_UNAVAILABLE',
      set: 'KEYCHAIN_UNAVAILABLE',
      remove: 'KEYCHAIN_UNAVAILABLE',
      find: 'KEYCHAIN_UNAVAILABLE',
    })
  })

  it('refuses one that would keep keys readable because it has no password', async () => {
    const home = join(folder, 'plain')
    const keyrings = join(home, '.local', 'share', 'keyrings')
    await mkdir(keyrings, { recursive: true, mode: 0o700 })
    const file = join(keyrings, 'login.keyring')
    await writeFile(
      file,
      '[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n',
      { mode: 0o600 },
    )
    await writeFile(join(keyrings, 'default'), 'login', { mode: 0o600 })
    const within = (script: string) =>
      report(
        'dbus-run-session',
        ['--', 'sh', '-c', `gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; ${script}`],
        { HOME: home },
      )
    // What happens to whoever doesn't look.
    const keytar = `require("keytar").setPassword("Other program", "A_KEY", "an unguarded value")`
    await within(`"${process.execPath}" -e '${keytar}'; echo '{}'`)
    expect(await readFile(file, 'utf8')).toContain('secret=an unguarded value')

    const result = await within(`"${process.execPath}" "${program}"`)
    expect(result['state']).toMatchObject({
      available: false,
      problem: expect.stringContaining('no password') as string,
    })
    expect(result['codes']).toMatchObject({ set: 'KEYCHAIN_UNAVAILABLE', find: 'KEYCHAIN_UNAVAILABLE' })
    expect(result['filesHoldingTheValue']).toEqual([])
  })

  it('that is started again while it is used says so, takes nothing meanwhile, and the next Skillet finds what it had', async () => {
    const unlock = `printf 'x\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1`
    const result = await report(
      'dbus-run-session',
      ['--', 'sh', '-c', `${unlock}; "${process.execPath}" "${program}" restarted`],
      { HOME: await mkdtemp(join(folder, 'restarted-')) },
    )
    expect(result).toEqual({
      gone: ['KEYCHAIN_UNAVAILABLE', 'KEYCHAIN_UNAVAILABLE'],
      available: false,
      problem: 'The keychain was started again while Skillet was using it.',
      kept: true,
    })
  })
})
