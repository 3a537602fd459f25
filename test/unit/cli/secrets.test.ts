import { describe, expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

const without = {
  keychain: () => Promise.resolve({ available: false, problem: 'No keychain answers.', fix: 'Install one.' }),
  wantedSecrets: () => Promise.resolve([]),
}

describe('secrets list without a keychain', () => {
  it('prints exactly one document under --json and exits 5', async () => {
    const result = await runCliWith(['secrets', 'list', '--json'], without as never)
    expect(result.status).toBe(5)
    expect(result.json).toEqual({
      keychain: { available: false, problem: 'No keychain answers.', fix: 'Install one.' },
      secrets: [],
      wanted: [],
    })
    expect(result.stderr).toBe('')
  })

  it('tells a person what to do', async () => {
    const result = await runCliWith(['secrets', 'list'], without as never)
    expect(result.status).toBe(5)
    expect(result.stderr).toBe('KEYCHAIN_UNAVAILABLE: No keychain answers.\nInstall one.\n')
    expect(result.stdout).toBe('')
  })
})

describe('secrets rotate', () => {
  function vault(names: string[]) {
    const stored: unknown[] = []
    const engine = {
      keychain: () => Promise.resolve({ available: true, problem: null, fix: null }),
      secrets: () =>
        Promise.resolve(names.map((name) => ({ name, skill: null, lastFour: 'abcd', usedBy: [] }))),
      setSecret: ({ name }: { name: string }, value: string) => {
        stored.push([name, value])
        return Promise.resolve()
      },
    }
    return { stored, engine: engine as never }
  }

  it('replaces a stored value with that of standard input, and never shows it', async () => {
    const { stored, engine } = vault(['EXAMPLE_API_KEY'])
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY', '--json'], engine, {
      stdin: 'new value\n',
    })
    expect(result.status).toBe(0)
    expect(result.json).toEqual({ name: 'EXAMPLE_API_KEY', skill: null })
    expect(stored).toEqual([['EXAMPLE_API_KEY', 'new value']])
    expect(result.stdout + result.stderr).not.toContain('new value')
  })

  it('stores nothing under a name that has no value yet', async () => {
    const { stored, engine } = vault(['OTHER_API_KEY'])
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY'], engine, { stdin: 'v' })
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/^NOT_FOUND: /)
    expect(stored).toEqual([])
  })

  it('keeps the old value when the new one is empty or the name is none', async () => {
    const { stored, engine } = vault(['EXAMPLE_API_KEY'])
    const empty = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY'], engine)
    expect(empty.status).toBe(2)
    expect(empty.stderr).toMatch(/^INPUT_INVALID: [^]*secrets rotate EXAMPLE_API_KEY/)
    expect((await runCliWith(['secrets', 'rotate', 'lower'], engine, { stdin: 'v' })).status).toBe(2)
    expect(stored).toEqual([])
  })

  it('exits 5 without a keychain', async () => {
    const result = await runCliWith(['secrets', 'rotate', 'EXAMPLE_API_KEY', '--json'], without as never)
    expect(result.status).toBe(5)
    expect(result.json).toMatchObject({ error: { code: 'KEYCHAIN_UNAVAILABLE' } })
  })
})
