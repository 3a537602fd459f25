import type { SecretInfo, SecretRef } from '../../shared/contract/keys.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Journal } from '../ports.ts'
import { entryOf, parseEntry } from './entry.ts'
import type { Keys } from './keys.ts'
import type { SecretNames } from './names.ts'
import type { SecretStore } from './store.ts'

interface Ports {
  /** Where keys are kept at the moment. */
  readonly store: () => Promise<SecretStore>
  readonly names: SecretNames
  readonly journal: Journal
  /** Of the installed skills. */
  readonly manifests: () => Promise<SkillManifest[]>
  /** Of those that may run: a withdrawn one needs no key any more. */
  readonly runnable: () => Promise<SkillManifest[]>
  readonly log: (line: string) => void
}

export interface SecretBook {
  /** Which of these are stored for the skill. Asks the store only when there is something to ask. */
  present(names: readonly string[], slug: string): Promise<Set<string>>
  /**
   * The value that a run of the skill gets: its own key of that name where there is one, otherwise the shared one; null
   * where there is none. `slug` null: what runs is nobody's, and only gets shared ones.
   */
  read(name: string, slug: string | null): Promise<string | null>
  /**
   * All that is stored, and what installed skills ask for that isn't. While the store can't be read, by what was stored
   * from here, without the values' ends.
   */
  overview(readable: boolean): Promise<Pick<Keys, 'secrets' | 'wanted'>>
  set(ref: SecretRef, value: string): Promise<void>
  /** Reads it back from where it is kept, and sends it nowhere. @throws SkilletError NOT_FOUND */
  test(ref: SecretRef): Promise<void>
  remove(ref: SecretRef): Promise<void>
  /** Of what was stored, what the installed skill uses and no other one does. Asks no keychain. */
  onlyUsedBy(slug: string): Promise<SecretRef[]>
  /** After all of them were deleted. */
  forgetAll(): Promise<void>
  /** Once what is noted on the way is on the disk. */
  settled(): Promise<void>
}

/** What a person may know about their keys: everything but the values. */
export function createSecretBook({ store, names, journal, manifests, runnable, log }: Ports): SecretBook {
  const noting = new Set<Promise<void>>()

  /** A skill's own key goes before the shared one, also while it can't be read: it must not get another in its place. */
  const chosen = (known: ReadonlyMap<string, unknown>, name: string, slug: string | null) => {
    const own = entryOf({ name, skill: slug })
    return known.has(own) ? own : name
  }
  const note = (entry: string) => {
    const work = names
      .used(entry)
      .catch((error: unknown) => log(`When ${entry} was used is not known: ${toSkilletError(error).message}`))
      .finally(() => noting.delete(work))
    noting.add(work)
  }
  const missing = ({ name, skill }: SecretRef) =>
    new SkilletError(
      'NOT_FOUND',
      skill === null ? `There is no key called ${name}.` : `${skill} has no key called ${name} of its own.`,
    )
  const words = ({ name, skill }: SecretRef) => (skill === null ? name : `${name} of ${skill}`)

  /** Which installed skills get which entry. */
  const uses = async (known: ReadonlyMap<string, unknown>) =>
    (await manifests()).flatMap(({ slug, title, secrets }) =>
      Object.entries(secrets).map(([name, { hosts }]) => ({
        entry: chosen(known, name, slug),
        use: { slug, title, hosts },
      })),
    )

  return {
    async present(asked, slug) {
      if (asked.length === 0) return new Set()
      const known = await names.list()
      const found = await (await store()).find(asked.map((name) => chosen(known, name, slug)))
      return new Set(asked.filter((name) => found.has(chosen(known, name, slug))))
    },
    async read(name, slug) {
      const entry = chosen(await names.list(), name, slug)
      const value = await (await store()).get(entry)
      if (value !== null) note(entry)
      return value
    },
    async overview(readable) {
      const known = await names.list()
      const used = await uses(known)
      const entries = [...new Set([...known.keys(), ...used.map(({ entry }) => entry)])].sort()
      const ends = readable
        ? new Map(
            [...(await (await store()).find(entries))].map(([entry, value]) => [entry, lastFour(value)]),
          )
        : new Map([...known.keys()].map((entry) => [entry, '']))
      const secrets = [...ends].map(([entry, end]): SecretInfo => ({
        ...parseEntry(entry)!,
        lastFour: end,
        lastUsedAt: known.get(entry)?.lastUsedAt ?? null,
        usedBy: used.flatMap((one) => (one.entry === entry ? [one.use] : [])),
      }))
      const asked = (await runnable()).flatMap(({ slug, secrets: declared }) =>
        Object.entries(declared).map(([name, { title }]) => ({ name, title, slug })),
      )
      const wanted = asked.filter(({ name, slug }) => !ends.has(chosen(known, name, slug)))
      return { secrets, wanted }
    },
    async set(ref, value) {
      // First, so that no key is stored that nobody knows of.
      await names.add(entryOf(ref))
      await (await store()).set(entryOf(ref), value)
      await journal.append('secret.set', ref.skill, `Stored the key ${words(ref)}.`, { name: ref.name })
    },
    async test(ref) {
      if ((await (await store()).get(entryOf(ref))) === null) throw missing(ref)
    },
    async remove(ref) {
      const removed = await (await store()).remove(entryOf(ref))
      await names.remove(entryOf(ref))
      if (!removed) throw missing(ref)
      await journal.append('secret.removed', ref.skill, `Removed the key ${words(ref)}.`, { name: ref.name })
    },
    async onlyUsedBy(slug) {
      const known = await names.list()
      const used = await uses(known)
      const others = new Set(used.filter(({ use }) => use.slug !== slug).map(({ entry }) => entry))
      return used
        .filter(({ use, entry }) => use.slug === slug && known.has(entry) && !others.has(entry))
        .map(({ entry }) => parseEntry(entry)!)
    },
    async forgetAll() {
      for (const entry of (await names.list()).keys()) await names.remove(entry)
    },
    settled: async () => void (await Promise.all(noting)),
  }
}

/** The end of a key, for telling keys apart; nothing of one so short that its end would give it away. */
function lastFour(value: string): string {
  return value.length < 12 ? '' : value.slice(-4)
}
