import { describe, expect, it } from 'vitest'
import type { Answers, Engine } from '../../../src/engine/api.ts'
import { asksOf } from '../../../src/shared/capability-words.ts'
import type { Capability } from '../../../src/shared/capability.ts'
import type { Decision, Life } from '../../../src/shared/contract/install.ts'
import type { Grant } from '../../../src/shared/contract/overview.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { everything, manifestOf } from '../../support/manifest.ts'

const slug = 'csv-profile'
const grant = (capability: Capability, parts: Partial<Grant> = {}): Grant => ({
  slug,
  capability,
  decision: 'allow',
  scope: [],
  capabilityDigest: 'a'.repeat(64),
  decidedAt: '2026-01-01T00:00:00.000Z',
  by: 'cli',
  life: 'always',
  ...parts,
})

describe('grants list', () => {
  it('gives each answer with its scope, its life and one plain sentence', async () => {
    const grants = [
      grant('fs:read', { scope: ['input:file'] }),
      grant('fs:write', { scope: ['notes', 'input:out'], life: 'session' }),
      grant('net', { scope: ['a.example.com', 'b.example.com:8443'], life: 'once' }),
      grant('env:read', { scope: ['ONE_KEY'] }),
      grant('exec', { scope: ['git'], decision: 'deny' }),
    ]
    const engine = { grants: () => Promise.resolve(grants) }
    const { stdout } = await runCliWith(['grants', 'list'], engine)
    expect(stdout.trimEnd().split('\n')).toEqual([
      'csv-profile  fs:read   allowed      always        input:file',
      '  csv-profile may read the files and folders that you choose for it, until you take it back.',
      'csv-profile  fs:write  allowed      until closed  notes, input:out',
      '  csv-profile may save in its own folders (notes) and change files in the folders that you choose for it, until Skillet is closed.',
      'csv-profile  net       allowed      once          a.example.com, b.example.com:8443',
      '  csv-profile may connect to a.example.com and b.example.com:8443, the next time it runs, and then asks again.',
      'csv-profile  env:read  allowed      always        ONE_KEY',
      '  csv-profile may use the key ONE_KEY, until you take it back.',
      'csv-profile  exec      not allowed                git',
      '  csv-profile may not start git. It does not run until you decide otherwise.',
    ])
    expect((await runCliWith(['grants', 'list', '--json'], engine)).json).toEqual({ grants })
  })
})

/** An installed skill that asks for everything; what is decided is kept. */
function deciding(decided: Partial<Record<Capability, Decision>> = {}, life: Life | null = null) {
  const made: Answers[] = []
  const engine: Partial<Engine> = {
    asks: () =>
      Promise.resolve(
        asksOf(manifestOf(everything)).map((ask) => ({
          ...ask,
          decided: decided[ask.capability] ?? null,
          life,
        })),
      ),
    decide: async (_slug, answers, by) => {
      expect(by).toBe('cli')
      made.push(answers)
    },
    grants: () => Promise.resolve([]),
  }
  return { made, engine }
}
const allButNet = { 'fs:read': 'allow', 'fs:write': 'allow', 'env:read': 'allow', exec: 'allow' } as const

describe('grants allow and deny', () => {
  it('allow what is named, in its scope and for as long as is said', async () => {
    const { engine, made } = deciding()
    expect((await runCliWith(['grants', 'allow', slug, 'net=api.example.com'], engine)).status).toBe(0)
    expect((await runCliWith(['grants', 'allow', slug, 'net', 'exec', '--once'], engine)).status).toBe(0)
    const once = { decision: 'allow', life: 'once' }
    expect(made).toEqual([
      { net: { decision: 'allow', scope: ['api.example.com'], life: 'always' } },
      { net: once, exec: once },
    ])
  })

  it('ask a person about what has no answer, and say that an answer was used up', async () => {
    const { engine, made } = deciding(allButNet, 'once')
    const result = await runCliWith(['grants', 'allow', slug], engine, { tty: true, stdin: 'o' })
    expect(result.stderr).toContain('You allowed this just once, and that was used.')
    expect(made).toEqual([{ net: { decision: 'allow', life: 'once' } }])
  })

  it('deny', async () => {
    const { engine, made } = deciding()
    expect((await runCliWith(['grants', 'deny', slug, 'net', 'exec'], engine)).status).toBe(0)
    expect(made).toEqual([{ net: { decision: 'deny' }, exec: { decision: 'deny' } }])
  })

  it.each([
    ['allow', slug, 'root'],
    ['allow', slug, 'net=evil.example.org'],
    ['allow', slug],
    ['deny', slug, 'root'],
    ['deny', slug],
  ])('decide nothing that is not asked or not said: %s %s %s', async (...words) => {
    const { engine, made } = deciding()
    expect((await runCliWith(['grants', ...words], engine)).status).toBe(2)
    expect(made).toEqual([])
  })
})

function grantsOf(decisions: Record<string, 'allow' | 'deny'>) {
  const revoked: string[] = []
  const held = Object.entries(decisions).map(([capability, decision]) =>
    grant(capability as Capability, { decision }),
  )
  const engine: Partial<Engine> = {
    grants: () => Promise.resolve(held),
    revokeGrant: async (_slug: string, capability: string) => void revoked.push(capability),
  }
  return { revoked, engine }
}

describe('grants revoke', () => {
  it('says that a permission is gone', async () => {
    const { engine } = grantsOf({ 'fs:read': 'allow' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile'], engine)
    expect(result.stdout).toBe('csv-profile may no longer use fs:read.\n')
  })

  it('says that a denial is forgotten, not that something is taken away', async () => {
    const { engine, revoked } = grantsOf({ 'fs:read': 'deny' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile', 'fs:read'], engine)
    expect(result.stdout).toMatch(/^Skillet forgot the answer about fs:read/)
    expect(result.stdout).not.toContain('no longer')
    expect(revoked).toEqual(['fs:read'])
  })

  it('keeps the two apart, and forgets both', async () => {
    const { engine, revoked } = grantsOf({ 'fs:read': 'allow', net: 'deny' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile'], engine)
    expect(result.stdout.trim().split('\n')).toHaveLength(2)
    expect(revoked).toEqual(['fs:read', 'net'])
  })
})
