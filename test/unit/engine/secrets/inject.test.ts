import { describe, expect, it } from 'vitest'
import { injectSecrets, secretsFor } from '../../../../src/engine/secrets/inject.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const manifest = manifestOf(everything)
const policy = { capabilities: ['env:read' as const], fs_write_roots: [], secrets: ['ONE_KEY', 'TWO_KEY'] }
const stored = { ONE_KEY: 'one', TWO_KEY: null, SOMEBODY_ELSES_KEY: 'x' }

describe('injectSecrets', () => {
  it('gives a run its own keys and nothing else', () => {
    expect(injectSecrets(manifest, policy, stored)).toEqual({ ONE_KEY: 'one' })
  })
  it('gives none without env:read, and only those that the policy lists', () => {
    expect(injectSecrets(manifest, { ...policy, capabilities: [] }, stored)).toEqual({})
    expect(secretsFor(manifest, { ...policy, secrets: ['TWO_KEY', 'OTHER_KEY'] })).toEqual(['TWO_KEY'])
    expect(secretsFor(manifest, { ...policy, secrets: [] })).toEqual([])
  })
  it('stops where a required key is missing or empty', () => {
    for (const value of [null, ''])
      expect(() => injectSecrets(manifest, policy, { ONE_KEY: value })).toThrowError(
        expect.objectContaining({ code: 'SECRET_MISSING' }),
      )
  })
  it.each([
    'LD_PRELOAD',
    'PATH',
    'PYTHONSTARTUP',
    'NODE_OPTIONS',
    'HTTPS_PROXY',
    'HOME',
    'BASH_ENV',
    'GIT_SSH_COMMAND',
  ])('never lets a key be called %s', (name) => {
    const secrets = { [name]: { title: 'Key', hosts: ['api.example.com'], required: true } }
    expect(() => manifestOf({ ...everything, secrets })).toThrow('steers programs')
    // Also where a manifest came past its schema.
    const sly = { ...manifestOf(everything), secrets }
    expect(() => injectSecrets(sly, { ...policy, secrets: [name] }, { [name]: '/tmp/evil.so' })).toThrowError(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    )
  })
})
