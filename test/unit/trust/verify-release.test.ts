import { describe, expect, it } from 'vitest'
import { skillLimits } from '../../../src/trust/archive-limits.ts'
import { verifyRelease } from '../../../src/trust/verify-release.ts'
import { code } from './code.ts'
import { key, keys, manifest, release, seal } from './sample.ts'

const file = (path: string, size = 1) => ({ path, size, sha256: 'a'.repeat(64), executable: false })
const skillMd = file('SKILL.md')
const { maxFileBytes, maxTotalBytes } = skillLimits
const tooMuch = Array.from({ length: Math.ceil(maxTotalBytes / maxFileBytes) }, (_, n) =>
  file(`f${n}`, maxFileBytes),
)

describe('verifyRelease', () => {
  it('returns a genuine release and its signer', () => {
    const verified = verifyRelease(seal(release), keys, { slug: 'demo-skill', version: '1.0.0' })
    expect(verified).toEqual({ release, keyid: key.keyid })
  })

  it('refuses a genuine release of another skill or version: the registry may not swap them', () => {
    expect(code(() => verifyRelease(seal(release), keys, { slug: 'other' }))).toBe('RELEASE_INVALID')
    expect(code(() => verifyRelease(seal(release), keys, { slug: 'demo-skill', version: '1.0.1' }))).toBe(
      'RELEASE_INVALID',
    )
  })

  it.each([
    ['an unknown capability', { skill: { ...manifest, capabilities: { 'fs:delete': 'Why not.' } } }],
    [
      'a wildcard host',
      {
        skill: {
          ...manifest,
          capabilities: { net: 'Fetches.' },
          sandbox: { ...manifest.sandbox, network: ['*.example.com'] },
        },
      },
    ],
    ['an unknown member', { surprise: true }],
    ['a slug that differs from the skill', { slug: 'another' }],
    ['no SKILL.md', { files: [file('README.md')] }],
    ['a path that leads out', { files: [skillMd, file('../evil')] }],
    ['a name twice', { files: [skillMd, file('a.txt'), file('a.txt')] }],
    ['names that differ in case', { files: [skillMd, file('skill.MD')] }],
    ['a file that is a folder elsewhere', { files: [skillMd, file('a'), file('a/b')] }],
    ['a name reserved on Windows', { files: [skillMd, file('docs/AUX.md')] }],
    ['a file too large', { files: [skillMd, file('a', maxFileBytes + 1)] }],
    ['files too large together', { files: [skillMd, ...tooMuch] }],
    ['a download too large', { tarball: { sha256: 'b'.repeat(64), size: 2 ** 32 } }],
  ])('refuses %s although the signature is genuine', (_, change) => {
    expect(code(() => verifyRelease(seal({ ...release, ...change }), keys))).toBe('RELEASE_INVALID')
  })
})

describe('the time of a key', () => {
  const [listed] = keys.keys
  const only = (status: 'retired' | 'compromised', until: string) => ({
    schema: 1 as const,
    keys: [{ ...listed!, status, until }],
  })
  const sealed = seal(release)

  it('a retired key stands for what was published while it signed, that moment included', () => {
    expect(verifyRelease(sealed, only('retired', '2026-11-02T00:00:00Z')).keyid).toBe(key.keyid)
    expect(verifyRelease(sealed, only('retired', release.publishedAt)).keyid).toBe(key.keyid)
  })

  it('and for nothing after: whoever still has it makes no new releases', () => {
    const late = only('retired', '2026-10-31T23:59:59Z')
    expect(code(() => verifyRelease(sealed, late))).toBe('SIGNER_UNTRUSTED')
  })

  it('a stolen key stands for nothing, whatever date its release bears', () => {
    const stolen = only('compromised', '2027-01-01T00:00:00Z')
    expect(code(() => verifyRelease(sealed, stolen))).toBe('SIGNER_UNTRUSTED')
  })
})
