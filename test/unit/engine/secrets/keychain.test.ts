import { describe, expect, it } from 'vitest'
import { createKeychain, type Keytar } from '../../../../src/engine/secrets/keychain.ts'
import { troubleOf } from '../../../../src/engine/secrets/keychain-trouble.ts'

// The real keychain is tested under test/integration; these are failures that can't be had on demand.
const never = () => new Promise<never>(() => {})

describe('createKeychain', () => {
  it('reports a missing library as a state, and refuses to keep keys', async () => {
    const keychain = createKeychain({
      load: () => Promise.reject(new Error('libsecret-1.so.0: cannot open shared object file')),
    })
    expect(await keychain.state()).toMatchObject({
      available: false,
      problem: expect.stringContaining('libsecret') as string,
      fix: expect.stringContaining('sudo apt install') as string,
    })
    await expect(keychain.set('A_KEY', 'value')).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
  })

  it('starts no second call while one hangs, since each would keep a worker thread', async () => {
    let calls = 0
    const hanging: Keytar = {
      getPassword: () => (calls++, never()),
      setPassword: () => (calls++, never()),
      deletePassword: () => (calls++, never()),
    }
    const keychain = createKeychain({ load: () => Promise.resolve(hanging), timeoutMs: 20 })
    expect(await keychain.state()).toMatchObject({ available: false })
    await expect(keychain.get('A_KEY')).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
    await expect(keychain.find(['ANOTHER_KEY'])).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
    expect(calls).toBe(1)
  })

  it('is not available where values do not come back as they were given', async () => {
    const forgetful: Keytar = {
      getPassword: () => Promise.resolve('something else'),
      setPassword: () => Promise.resolve(),
      deletePassword: () => Promise.resolve(true),
    }
    const keychain = createKeychain({ load: () => Promise.resolve(forgetful) })
    expect(await keychain.state()).toMatchObject({ available: false })
    await expect(keychain.set('A_KEY', 'value')).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
  })
})

it.each([
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'linux', 'No keychain is running'],
  [
    'The name org.freedesktop.secrets was not provided by any .service files',
    'linux',
    'No keychain is running',
  ],
  ['The name :1.0 was not provided by any .service files', 'linux', 'started again'],
  ['The session wrapping the secret does not exist', 'linux', 'started again'],
  ['Cannot create an item in a locked collection', 'linux', 'locked'],
  ['The user name or passphrase you entered is not correct. (-25308)', 'darwin', 'locked'],
  ['Something new', 'win32', 'Windows Credential Manager'],
] as const)('says what %j means', (message, platform, problem) => {
  expect(troubleOf(new Error(message), platform).problem).toContain(problem)
})
