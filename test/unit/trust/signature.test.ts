import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Point } from '@noble/ed25519'
import { describe, expect, it } from 'vitest'
import { publicKeyOf, signMessage } from '../../../src/trust/sign.ts'
import { verifySignature } from '../../../src/trust/signature.ts'
import { compareWithSodium } from '../../support/ed25519/compare.ts'
import { verifyByNoble, verifyByNobleAlone, verifyByNobleLeniently } from '../../support/ed25519/noble.ts'
import { baseClaims, mutate } from '../../support/ed25519/mutations.ts'

const vectors = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/ed25519', name), 'utf8'))
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

const littleEndian = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()

/** y of every point whose order divides 8, RFC 8032 §5.1.2. */
const smallOrder = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
]

/** S is 7 and R seven times the base point: for a key of order n it holds over one message in n. */
const withoutSecret = () => new Uint8Array([...Point.BASE.multiply(7n).toBytes(), ...littleEndian(7n)])

/** By the rules that many verifiers go by, older OpenSSLs among them: newer ones refuse some of it themselves. */
const takenLeniently = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) =>
  verifyByNobleLeniently({ message, signature, publicKey })

interface WycheproofGroup {
  publicKey: { pk: string }
  tests: { tcId: number; comment: string; msg: string; sig: string; result: 'valid' | 'invalid' }[]
}

describe('verifySignature', () => {
  it('agrees with every Wycheproof vector', () => {
    const { testGroups, numberOfTests } = vectors('wycheproof_ed25519_test.json') as {
      testGroups: WycheproofGroup[]
      numberOfTests: number
    }
    let checked = 0
    for (const { publicKey, tests } of testGroups)
      for (const test of tests) {
        const found = verifySignature(hex(test.msg), hex(test.sig), hex(publicKey.pk))
        expect(found, `${test.tcId}: ${test.comment}`).toBe(test.result === 'valid')
        checked++
      }
    expect(checked).toBe(numberOfTests)
  })

  it('accepts only case 3 of the twelve speccheck cases, where the library alone accepts more', () => {
    const cases = vectors('speccheck_cases.json') as {
      message: string
      pub_key: string
      signature: string
    }[]
    const acceptedBy = (accepts: (m: Uint8Array, s: Uint8Array, k: Uint8Array) => boolean) =>
      cases.flatMap(({ message, signature, pub_key }, index) =>
        accepts(hex(message), hex(signature), hex(pub_key)) ? [index] : [],
      )
    expect(cases).toHaveLength(12)
    const byNoble = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) =>
      verifyByNobleAlone({ message, signature, publicKey })
    expect(acceptedBy(byNoble).length).toBeGreaterThan(1)
    expect(acceptedBy(verifySignature)).toEqual([3])
  })

  it('makes and accepts the signatures of RFC 8032 section 7.1', () => {
    const cases = vectors('rfc8032_ed25519.json') as Record<'priv' | 'pub' | 'msg' | 'sig', string>[]
    expect(cases.length).toBeGreaterThan(0)
    for (const { priv, pub, msg, sig } of cases) {
      expect(Buffer.from(publicKeyOf(hex(priv))).toString('hex')).toBe(pub)
      expect(Buffer.from(signMessage(hex(msg), hex(priv))).toString('hex')).toBe(sig)
      expect(verifySignature(hex(msg), hex(sig), hex(pub))).toBe(true)
    }
  })

  it('gives the answers of libsodium on random mutations', async () => {
    const { compared, accepted, differing } = await compareWithSodium(3000)
    expect(differing).toEqual([])
    expect(compared).toBe(3000)
    expect(accepted).toBeGreaterThan(30)
  })

  it('gives the answers of another implementation, made of curve points', () => {
    const bases = baseClaims(20)
    for (const base of [...bases, ...bases.map((claim) => mutate(claim, bases))]) {
      const { message, signature, publicKey } = base
      expect(verifySignature(message, signature, publicKey)).toBe(verifyByNoble(base))
    }
  })

  it('refuses the same signature with the group order added to S', () => {
    const secret = new Uint8Array(32).fill(7)
    const message = new Uint8Array([1, 2, 3])
    const good = signMessage(message, secret)
    const order = Point.CURVE().n
    const s = BigInt(`0x${Buffer.from(good.slice(32)).reverse().toString('hex')}`) + order
    const twin = new Uint8Array([...good.slice(0, 32), ...littleEndian(s)])
    expect(verifySignature(message, good, publicKeyOf(secret))).toBe(true)
    expect(verifySignature(message, twin, publicKeyOf(secret))).toBe(false)
  })

  it('refuses each key with which everybody can sign everything, which lenient verifiers take', () => {
    // y of the points of small order, and two that say the same by a number beyond the field's prime.
    const keys = [...smallOrder, `ee${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}7f`].map(hex)
    const signature = withoutSecret()
    let taken = 0
    for (const key of keys)
      for (let count = 0; count < 64; count++) {
        const message = new Uint8Array([count])
        taken += takenLeniently(message, signature, key) ? 1 : 0
        expect(verifySignature(message, signature, key)).toBe(false)
      }
    expect(taken).toBeGreaterThan(64)
  })

  it('refuses an R of small order, also by the holder of the key', () => {
    const secret = new Uint8Array(32).fill(5)
    const key = publicKeyOf(secret)
    const message = new Uint8Array([1])
    const hash = (...parts: Uint8Array[]) =>
      BigInt(`0x${createHash('sha512').update(Buffer.concat(parts)).digest().reverse().toString('hex')}`)
    const clamped = createHash('sha512').update(secret).digest().subarray(0, 32)
    clamped[0]! &= 248
    clamped[31] = (clamped[31]! & 127) | 64
    const scalar = BigInt(`0x${Buffer.from(clamped).reverse().toString('hex')}`)
    const [neutral] = smallOrder.map(hex)
    const signature = new Uint8Array([
      ...neutral!,
      ...littleEndian((hash(neutral!, key, message) * scalar) % Point.CURVE().n),
    ])
    expect(takenLeniently(message, signature, key)).toBe(true)
    expect(verifySignature(message, signature, key)).toBe(false)
  })

  it('is false for numbers that only look like bytes', () => {
    const secret = new Uint8Array(32).fill(9)
    const [message, key] = [new Uint8Array([1, 2, 3]), publicKeyOf(secret)]
    const good = signMessage(message, secret)
    expect(verifySignature(message, good, key)).toBe(true)
    for (const [m, s, k] of [
      [[...message], good, key],
      [message, [...good], key],
      [message, good, [...key]],
    ])
      expect(verifySignature(m as Uint8Array, s as Uint8Array, k as Uint8Array)).toBe(false)
  })

  it('is false for any single flipped bit', () => {
    const secret = new Uint8Array(32).fill(9)
    const message = new Uint8Array(Buffer.from('a release'))
    const key = publicKeyOf(secret)
    const good = signMessage(message, secret)
    for (let bit = 0; bit < 512; bit += 7) {
      const bad = Uint8Array.from(good)
      bad[bit >> 3]! ^= 1 << (bit & 7)
      expect(verifySignature(message, bad, key)).toBe(false)
    }
  })

  it('never throws, whatever it is given', () => {
    const bytes = (length: number) => new Uint8Array(length)
    const hostile = new Proxy(bytes(64), {
      get() {
        throw new Error('hostile')
      },
    })
    const odd: unknown[] = [null, undefined, 7, 'text', [], {}, new ArrayBuffer(32), hostile]
    odd.push(bytes(0), bytes(31), bytes(32), bytes(33), bytes(63), bytes(64), bytes(65), bytes(64).fill(255))
    for (const message of odd)
      for (const signature of odd)
        for (const key of odd)
          expect(verifySignature(message as Uint8Array, signature as Uint8Array, key as Uint8Array)).toBe(
            false,
          )
  })
})
