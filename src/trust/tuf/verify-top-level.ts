import { MetadataKind, type Metadata, type Root, type Timestamp } from '@tufjs/models'
import { BadVersionError, EqualVersionError, ExpiredMetadataError } from 'tuf-js/dist/error.js'
import { TrustedMetadataStore } from 'tuf-js/dist/store.js'
import { sha256Hex } from '../digest.ts'
import { assertClock, assertNotExpired, signedAtOf } from './clock.ts'
import { parseMetadata, type PlainMetadata } from './parse-metadata.ts'
import { expired, invalid, rolledBack, rootInvalid } from './refusal.ts'
import { assertSigned } from './signatures.ts'

/**
 * The rules of TUF 1.0 §5.3 and §5.4 over tuf-js's own store of trusted metadata, with Skillet's error codes, its strict
 * signatures for what is new, and its clock. `recallX` takes what is on this computer and tells whether it still counts,
 * `acceptX` takes what came from outside and throws. After a throw the verifier is spent.
 */
export interface TopLevelVerifier {
  root(): Metadata<Root>
  timestamp(): Metadata<Timestamp> | null
  /** The root that follows the trusted one. */
  acceptRoot(bytes: Buffer): void
  /** §5.3.10: no more roots come; this one has to hold. */
  settleRoot(): void
  recallTimestamp(bytes: Buffer): boolean
  /** False where it is no newer than the trusted one, which then stays. */
  acceptTimestamp(bytes: Buffer): boolean
}

/** @throws SkilletError TRUST_ROOT_INVALID when the root isn't well-formed or not signed by its own keys */
export function createTopLevelVerifier(trustedRoot: Buffer, now: Date): TopLevelVerifier {
  // §5.2: the trusted root, which may have expired.
  const store = loadTrustedRoot(trustedRoot)
  // §5.1: one moment for the whole update. The store reads the system's clock by itself.
  Object.assign(store, { referenceTime: now })

  return {
    root: () => store.root,
    timestamp: () => store.timestamp ?? null,

    acceptRoot(bytes) {
      const plain = parseKind(bytes, 'root')
      const trusted = store.root
      // §5.3.4 and §5.3.5: signed by the keys of the trusted root and its own, and exactly one version further.
      if (plain.version <= trusted.signed.version) throw rolledBack()
      try {
        store.updateRoot(bytes)
      } catch (error) {
        throw invalid(
          'the new list of keys is not signed by enough of those before it, or not the next',
          error,
        )
      }
      assertSigned(trusted, MetadataKind.Root, plain.document)
      assertSigned(store.root, MetadataKind.Root, plain.document)
    },

    settleRoot() {
      assertNotExpired(store.root.signed.expires, now)
    },

    recallTimestamp(bytes) {
      try {
        parseKind(bytes, 'timestamp')
        store.updateTimestamp(bytes)
      } catch {
        // Expired, it still protects from a rollback, and the store keeps it; signed by keys that were replaced since, it
        // must not count any more: §5.3.11, recovery from a fast-forward.
      }
      return store.timestamp !== undefined
    },

    acceptTimestamp(bytes) {
      const plain = parseKind(bytes, 'timestamp')
      try {
        // §5.4.2 to §5.4.4
        store.updateTimestamp(bytes)
      } catch (error) {
        if (error instanceof EqualVersionError) {
          // §5.4.3.1: no newer than ours, which then has to hold.
          assertNotExpired(store.timestamp!.signed.expires, now)
          return false
        }
        if (error instanceof ExpiredMetadataError) throw expired(plain.expires, error)
        if (error instanceof BadVersionError) throw rolledBack(error)
        throw invalid('the timestamp is not genuine', error)
      }
      assertSigned(store.root, MetadataKind.Timestamp, plain.document)
      assertClock(now, signedAtOf(store.timestamp!))
      return true
    },
  }
}

/** Roots that have proven well-formed and signed by their own keys, by the digest of their bytes, newest last. */
const provenRoots = new Map<string, Metadata<Root>>()
const maxProvenRoots = 4

function loadTrustedRoot(bytes: Buffer): TrustedMetadataStore {
  const digest = sha256Hex(bytes)
  const proven = provenRoots.get(digest)
  if (proven !== undefined)
    // As the store's constructor leaves it.
    return Object.assign(Object.create(TrustedMetadataStore.prototype) as TrustedMetadataStore, {
      trustedSet: { root: proven },
    })
  try {
    parseKind(bytes, 'root')
    const store = new TrustedMetadataStore(bytes)
    provenRoots.set(digest, store.root)
    for (const oldest of provenRoots.keys()) if (provenRoots.size > maxProvenRoots) provenRoots.delete(oldest)
    return store
  } catch (error) {
    throw rootInvalid('it is damaged, or not signed by its own keys', error)
  }
}

function parseKind(bytes: Buffer, kind: `${MetadataKind}`): PlainMetadata {
  const plain = parseMetadata(bytes)
  if (plain.type !== kind) throw invalid(`the ${kind} list is of another kind`)
  return plain
}
