import sodium from 'libsodium-wrappers'
import { verifySignature } from '../../../src/trust/signature.ts'
import { baseClaims, mutate, type Claim } from './mutations.ts'

export interface Comparison {
  compared: number
  accepted: number
  /** Claims on which the two differ. */
  differing: { claim: Claim; ours: boolean; sodium: boolean }[]
}

/** libsodium's answer; it throws for wrong lengths, which no signature has. */
export async function createSodiumVerify(): Promise<(claim: Claim) => boolean> {
  await sodium.ready
  return ({ message, signature, publicKey }) =>
    signature.length === 64 &&
    publicKey.length === 32 &&
    sodium.crypto_sign_verify_detached(signature, message, publicKey)
}

/** Asks `verifySignature` and libsodium about `count` random claims, some of them left as they were. */
export async function compareWithSodium(count: number): Promise<Comparison> {
  const verifyBySodium = await createSodiumVerify()
  const bases = baseClaims(Math.min(300, count))
  const comparison: Comparison = { compared: 0, accepted: 0, differing: [] }
  for (; comparison.compared < count; comparison.compared++) {
    const base = bases[comparison.compared % bases.length]!
    const claim = comparison.compared % 10 === 0 ? base : mutate(base, bases)
    const ours = verifySignature(claim.message, claim.signature, claim.publicKey)
    const theirs = verifyBySodium(claim)
    if (ours) comparison.accepted++
    if (ours !== theirs) comparison.differing.push({ claim, ours, sodium: theirs })
  }
  return comparison
}
