import { expect, it } from 'vitest'
import { verifyReleaseOnce } from '../../../../src/engine/trust/verified-releases.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { code } from '../../trust/code.ts'
import { key, keys, release, seal } from '../../trust/sample.ts'

it('verifies the same bytes under the same list of keys once', () => {
  const first = verifyReleaseOnce(seal(release), keys)
  expect(first).toEqual({ release, keyid: key.keyid })
  expect(verifyReleaseOnce(seal(release), keys, release)).toBe(first)
})

it('takes nothing that it has verified for another skill, for other bytes, or under other keys', () => {
  const envelope = seal(release)
  verifyReleaseOnce(envelope, keys)
  const of = (change: { slug?: string; version?: string }) => () =>
    verifyReleaseOnce(envelope, keys, { slug: release.slug, version: release.version, ...change })
  expect(code(of({ slug: 'another' }))).toBe('RELEASE_INVALID')
  expect(code(of({ version: '2.0.0' }))).toBe('RELEASE_INVALID')

  const altered = Buffer.from(Buffer.from(envelope).toString().replace('"sig":"', '"sig":"AAAA'))
  expect(code(() => verifyReleaseOnce(altered, keys))).toBe('SIGNATURE_INVALID')
  const swapped = seal(release, generateSigningKey())
  expect(code(() => verifyReleaseOnce(swapped, keys))).toBe('SIGNER_UNTRUSTED')

  const stolen = {
    schema: 1 as const,
    keys: [{ ...keys.keys[0]!, status: 'compromised' as const, until: release.publishedAt }],
  }
  expect(code(() => verifyReleaseOnce(envelope, stolen))).toBe('SIGNER_UNTRUSTED')
  const others = toPublishKeys([generateSigningKey().publicKey])
  expect(code(() => verifyReleaseOnce(envelope, others))).toBe('SIGNER_UNTRUSTED')
})
