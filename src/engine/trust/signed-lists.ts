import { basename, join } from 'node:path'
import { z } from 'zod'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { openTrustFolder } from '../../trust/tuf/trust-folder.ts'
import { createTufClient, type TufClient, type TufSource, type TufState } from '../../trust/tuf.ts'
import type { Freshness } from '../ports.ts'
import { waitFor } from '../wait-for.ts'
import { readMarker, writeMarker, type CheckMarker } from './check-marker.ts'

/** Answers that say as little about the lists as no answer at all. */
const outOfService = new Set(['REGISTRY_UNREACHABLE', 'REGISTRY_REFUSED', 'BUSY', 'NO_SPACE'])

export function isOutOfService(error: unknown): error is SkilletError {
  return error instanceof SkilletError && outOfService.has(error.code)
}

export interface SignedListsOptions {
  readonly trustFolder: string
  readonly pinnedRoot: Uint8Array | null
  readonly registry: { readonly url: string; readonly tuf: TufSource } | null
  readonly now: () => Date
}

/** Lists that hold now. */
export interface Holding {
  readonly client: TufClient
  /** Where they lie. */
  readonly folder: string
  readonly state: TufState
  /** Where what isn't on this computer yet may come from; null without a connection. */
  readonly source: TufSource | null
  /** Why the registry could not be asked; null when it was. */
  readonly unasked: SkilletError | null
}

/** The verified lists on this computer, and what becomes of asking for newer ones. */
export interface SignedLists {
  /** @throws SkilletError METADATA_…, CLOCK_WRONG, TRUST_ROOT_INVALID, REGISTRY_UNREACHABLE, CANCELLED */
  holding(freshness: Freshness): Promise<Holding>
  /** Asks nobody. Null where there never were any. @throws SkilletError METADATA_…, CLOCK_WRONG, TRUST_ROOT_INVALID */
  local(): Promise<{ client: TufClient; state: TufState } | null>
  /** The lists as they stood when they were last verified, whether they hold now or not. */
  lastKnown(): Promise<{ client: TufClient; state: TufState } | null>
  marker(): Promise<CheckMarker | null>
  /** Why the last look at the registry in this process gave nothing new; null when it did. */
  lastFailure(): SkilletError | null
  onCheck(listener: () => void): () => void
}

const essential = [signingKeysPath, revocationsPath]
const rootVersionSchema = z.object({ signed: z.object({ version: z.number() }) })

export function createSignedLists(options: SignedListsOptions): SignedLists {
  const { trustFolder, pinnedRoot, registry, now } = options
  const listeners = new Set<() => void>()
  const takenOver = new WeakSet<TufSource>()
  let opening: ReturnType<typeof find> | null = null
  let last: { at: number; failure: SkilletError | null } | null = null
  let flight: Promise<void> | null = null

  function open(): ReturnType<typeof find> {
    opening ??= find().catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }

  async function find() {
    const root = needRoot()
    const folder = await openTrustFolder(trustFolder, root)
    let moment = now()
    const past = createTufClient({ folder, pinnedRoot: root, essential, now: () => moment })
    return {
      client: createTufClient({ folder, pinnedRoot: root, essential, now }),
      /** Judges what is on this computer as it was judged then. */
      asOf(then: Date): TufClient {
        moment = then
        return past
      },
      folder,
      markerPath: join(trustFolder, `${basename(folder)}.checked`),
    }
  }

  function needRoot(): Uint8Array {
    if (pinnedRoot !== null) return pinnedRoot
    throw new SkilletError('TRUST_ROOT_INVALID', 'Skillet does not know whose signatures to trust.', {
      remedy: 'Name the trust root of your registry with --trust-root or SKILLET_TRUST_ROOT.',
    })
  }

  function isWithin(at: number, maxAgeMs: number): boolean {
    const age = now().getTime() - at
    return maxAgeMs > 0 && age >= 0 && age <= maxAgeMs
  }

  /** How the last check ended, where it is young enough to count; null where it is time for another. */
  function recent({
    maxAgeMs = 0,
    retryAfterMs = maxAgeMs,
  }: Freshness): { failure: SkilletError | null } | null {
    if (last === null) return null
    if (last.failure === null) return isWithin(last.at, maxAgeMs) ? last : null
    // Something wrong with the lists is looked at again each time: it may be over by now.
    return isOutOfService(last.failure) && isWithin(last.at, retryAfterMs) ? last : null
  }

  function ask(source: TufSource): Promise<void> {
    flight ??= askNow(source).finally(() => (flight = null))
    return flight
  }

  async function askNow(source: TufSource): Promise<void> {
    const { client, markerPath } = await open()
    const at = now()
    try {
      await client.refresh(source)
      last = { at: at.getTime(), failure: null }
      await writeMarker(markerPath, { checkedAt: at, verifiedAt: at })
    } catch (error) {
      last = { at: at.getTime(), failure: toSkilletError(error) }
      throw error
    } finally {
      for (const listener of listeners) listener()
    }
  }

  /** Asks the registry. Null when it answered, else why it didn't; throws for an answer that must stop everything. */
  async function askRegistry({ patienceMs, signal }: Freshness): Promise<SkilletError | null> {
    if (registry === null) return unreachable('No registry is set.')
    const asked = ask(registry.tuf)
    // Whoever stops waiting for it must not make it a failure that nobody hears of.
    asked.catch(() => undefined)
    try {
      await waitFor(asked, patienceMs, signal, () => {
        const slow = unreachable(`The registry at ${registry.url} takes too long to answer.`)
        last = { at: now().getTime(), failure: slow }
        return slow
      })
      return null
    } catch (error) {
      if (isOutOfService(error)) return error
      throw error
    }
  }

  /**
   * Somebody may have installed the bundle of one maker while the registry of another is set. That one has no say about it
   * and is as good as out of reach: what is known here holds until it runs out, and nothing new comes from there.
   */
  async function askUnlessStrange(freshness: Freshness): Promise<SkilletError | null> {
    try {
      return await askRegistry(freshness)
    } catch (error) {
      if (registry === null || !isInvalid(error) || (await hasRoot(registry.tuf, needRoot()))) throw error
      return error
    }
  }

  /** Takes over what a bundle carries where that is newer, and judges by what is known either way. */
  async function askCarried(carried: TufSource): Promise<void> {
    // What lies in a file that was read doesn't change.
    if (takenOver.has(carried)) return
    const { client, markerPath } = await open()
    let state: TufState
    try {
      state = await client.refresh(carried)
    } catch (error) {
      // Older than what this computer knows, or signed with keys that were replaced since: the newer lists decide.
      if (
        error instanceof SkilletError &&
        error.code.startsWith('METADATA_') &&
        (await client.load()) !== null
      ) {
        takenOver.add(carried)
        return
      }
      if (isInvalid(error) && !(await hasRoot(carried, needRoot())))
        throw new SkilletError(
          'SIGNER_UNTRUSTED',
          'This file comes from a registry, or from somebody, that you have no reason to trust.',
          { cause: error },
        )
      throw error
    }
    const known = await readMarker(markerPath)
    const checkedAt = later(known?.checkedAt ?? null, state.signedAt)
    await writeMarker(markerPath, { checkedAt, verifiedAt: now() })
    takenOver.add(carried)
  }

  return {
    async holding(freshness) {
      const { client, folder } = await open()
      const before = recent(freshness)
      // What has run out since is asked for again, however short a time ago that was.
      const counts = before !== null && (await stillHolding(client)) !== null
      const unasked = counts ? before.failure : await askUnlessStrange(freshness)
      if (unasked !== null && freshness.carried !== undefined) await askCarried(freshness.carried)
      const state = await client.load()
      if (state === null) throw unasked ?? new SkilletError('METADATA_INVALID', 'The signed lists are gone.')
      const source = unasked === null ? registry?.tuf : freshness.carried
      return { client, folder, state, source: source ?? null, unasked }
    },
    async local() {
      const { client } = await open()
      const state = await client.load()
      return state === null ? null : { client, state }
    },
    async lastKnown() {
      const { client, asOf, markerPath } = await open()
      const state = await stillHolding(client)
      if (state !== null) return { client, state }
      const verifiedAt = (await readMarker(markerPath))?.verifiedAt
      if (verifiedAt === undefined) return null
      const then = asOf(verifiedAt)
      const known = await then.load()
      return known === null ? null : { client: then, state: known }
    },
    marker: async () => readMarker((await open()).markerPath),
    lastFailure: () => last?.failure ?? null,
    onCheck(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Null for lists that ran out, or went, since they were checked. */
async function stillHolding(client: TufClient): Promise<TufState | null> {
  try {
    return await client.load()
  } catch (error) {
    if (error instanceof SkilletError) return null
    throw error
  }
}

function isInvalid(error: unknown): error is SkilletError {
  return error instanceof SkilletError && error.code === 'METADATA_INVALID'
}

/** Whether the pinned root is one of its roots. If it isn't, nothing is damaged there: its makers are strangers here. */
async function hasRoot(source: TufSource, pinnedRoot: Uint8Array): Promise<boolean> {
  const { version } = rootVersionSchema.parse(JSON.parse(Buffer.from(pinnedRoot).toString())).signed
  const body = await source.open('metadata', `${version}.root.json`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > pinnedRoot.byteLength) return false
    parts.push(part)
  }
  return Buffer.concat(parts).equals(pinnedRoot)
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

function unreachable(message: string): SkilletError {
  return new SkilletError('REGISTRY_UNREACHABLE', message)
}
