import { createHash, randomBytes, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Point } from '@noble/ed25519'
import { signMessage, publicKeyOf } from '../../../src/trust/sign.ts'

/** What a verifier is asked about. */
export interface Claim {
  message: Uint8Array
  signature: Uint8Array
  publicKey: Uint8Array
}

const fixtures = join(import.meta.dirname, '../../fixtures/ed25519')
const read = (name: string) => JSON.parse(readFileSync(join(fixtures, name), 'utf8'))
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const order = Point.CURVE().n

/** y-coordinates of small order, canonical and not, each with either sign. */
const torsion = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((text) => {
  const signed = hex(text)
  signed[31]! |= 0x80
  return [hex(text), signed]
})

/** Published vectors as they are. */
export function publishedClaims(): Claim[] {
  const { testGroups } = read('wycheproof_ed25519_test.json') as {
    testGroups: { publicKey: { pk: string }; tests: { msg: string; sig: string }[] }[]
  }
  const speccheck = read('speccheck_cases.json') as { message: string; pub_key: string; signature: string }[]
  return [
    ...testGroups.flatMap(({ publicKey, tests }) =>
      tests.map(({ msg, sig }) => ({ message: hex(msg), signature: hex(sig), publicKey: hex(publicKey.pk) })),
    ),
    ...speccheck.map(({ message, pub_key, signature }) => ({
      message: hex(message),
      signature: hex(signature),
      publicKey: hex(pub_key),
    })),
  ]
}

/** Genuine signatures, published vectors, and signatures under keys that have a part of small order. */
export function baseClaims(count: number): Claim[] {
  const genuine = Array.from({ length: count }, () => {
    const secret = new Uint8Array(randomBytes(32))
    const message = new Uint8Array(randomBytes(randomInt(120)))
    return { message, signature: signMessage(message, secret), publicKey: publicKeyOf(secret) }
  })
  return [...genuine, ...Array.from({ length: count }, mixedOrderClaim), ...publishedClaims()]
}

/** A = aB + T and R = rB + U with T and U of small order: valid without the cofactor only when what is left cancels. */
function mixedOrderClaim(): Claim {
  const scalar = () => (toNumber(randomBytes(64)) % (order - 1n)) + 1n
  const a = scalar()
  const r = scalar()
  const key = Point.BASE.multiply(a).add(torsionPoint()).toBytes()
  const R = Point.BASE.multiply(r).add(torsionPoint()).toBytes()
  const message = new Uint8Array(randomBytes(16))
  const k = toNumber(createHash('sha512').update(R).update(key).update(message).digest()) % order
  return { message, signature: join64(R, toBytes((r + k * a) % order)), publicKey: key }
}

function torsionPoint(): Point {
  const generator = Point.fromBytes(torsion[4]!, true)
  let point = Point.ZERO
  for (let times = randomInt(8); times > 0; times--) point = point.add(generator)
  return point
}

/** One claim changed in one to three ways: bits, bytes, lengths, numbers beyond their range, points of small order. */
export function mutate(claim: Claim, others: readonly Claim[]): Claim {
  const result = {
    message: Uint8Array.from(claim.message),
    signature: Uint8Array.from(claim.signature),
    publicKey: Uint8Array.from(claim.publicKey),
  }
  for (let times = randomInt(1, 4); times > 0; times--) mutateOnce(result, others)
  return result
}

function mutateOnce(claim: Claim, others: readonly Claim[]): void {
  const field = pick(['message', 'signature', 'publicKey'] as const)
  const bytes = claim[field]
  const other = pick(others)
  const s = () => toNumber(claim.signature.subarray(32, 64))
  const withS = (value: bigint) =>
    (claim.signature = join64(claim.signature.slice(0, 32), toBytes(value % 2n ** 256n)))
  const ways: (() => unknown)[] = [
    () => bytes.length > 0 && (bytes[randomInt(bytes.length)]! ^= 1 << randomInt(8)),
    () => bytes.length > 0 && (bytes[randomInt(bytes.length)] = randomInt(256)),
    () => (claim[field] = bytes.slice(0, randomInt(bytes.length + 1))),
    () => (claim[field] = new Uint8Array([...bytes, randomInt(256)])),
    () => (claim[field] = new Uint8Array(randomBytes(bytes.length))),
    () => (claim[field] = Uint8Array.from(other[field])),
    () => withS(s() + order * BigInt(randomInt(1, 16))),
    () => withS(order - s()),
    () => withS(pick([0n, 1n, order, order - 1n, order + 1n])),
    () => claim.signature.length >= 32 && claim.signature.set(pick(torsion)),
    () => (claim.publicKey = Uint8Array.from(pick(torsion))),
    () => bytes.length >= 32 && (bytes[31]! ^= 0x80),
    () => bytes.length >= 32 && bytes.fill(0xff, 1, 31) && (bytes[31]! |= 0x7f),
    () => Object.assign(claim, mixedOrderClaim()),
  ]
  pick(ways)()
}

function pick<T>(list: readonly T[]): T {
  return list[randomInt(list.length)]!
}

function join64(first: Uint8Array, second: Uint8Array): Uint8Array {
  return new Uint8Array([...first, ...second])
}

function toNumber(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex') || '0'}`)
}

function toBytes(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse())
}
