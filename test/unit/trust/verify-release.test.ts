import { describe, expect, it } from 'vitest'
import { verifyRelease } from '../../../src/trust/verify-release.ts'
import { code } from './code.ts'
import { key, manifest, release, root, seal } from './sample.ts'

const file = (path: string, size = 1) => ({ path, size, sha256: 'a'.repeat(64), executable: false })
const skillMd = file('SKILL.md')

describe('verifyRelease', () => {
  it('returns a genuine release and its signer', () => {
    const verified = verifyRelease(seal(release), root, { slug: 'demo-skill', version: '1.0.0' })
    expect(verified).toEqual({ release, keyid: key.keyid })
  })

  it('refuses a genuine release of another skill or version: the registry may not swap them', () => {
    expect(code(() => verifyRelease(seal(release), root, { slug: 'other' }))).toBe('RELEASE_INVALID')
    expect(code(() => verifyRelease(seal(release), root, { slug: 'demo-skill', version: '1.0.1' }))).toBe(
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
    ['a file too large', { files: [skillMd, file('a', 2 ** 40)] }],
    ['files too large together', { files: [skillMd, ...[1, 2, 3].map((n) => file(`f${n}`, 60 * 2 ** 20))] }],
    ['a download too large', { tarball: { sha256: 'b'.repeat(64), size: 2 ** 32 } }],
  ])('refuses %s although the signature is genuine', (_, change) => {
    expect(code(() => verifyRelease(seal({ ...release, ...change }), root))).toBe('RELEASE_INVALID')
  })
})
