import type { SecretInfo } from '../../shared/contract/keys.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Journal } from '../ports.ts'
import type { Keychain } from './keychain.ts'
import type { SecretNames } from './names.ts'

interface Ports {
  readonly keychain: Keychain
  readonly names: SecretNames
  readonly journal: Journal
  /** Of the installed skills. */
  readonly manifests: () => Promise<SkillManifest[]>
  /** Of those that may run: a withdrawn one needs no key any more. */
  readonly runnable: () => Promise<SkillManifest[]>
}

export interface SecretBook {
  /** Which of these are stored. Asks the keychain only when there is something to ask. */
  present(names: readonly string[]): Promise<Set<string>>
  list(): Promise<SecretInfo[]>
  /** Keys that an installed skill, unless withdrawn, asks for and that aren't stored. */
  wanted(): Promise<{ name: string; title: string; slug: string }[]>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
}

/** What a person may know about their keys: everything but the values. */
export function createSecretBook({ keychain, names, journal, manifests, runnable }: Ports): SecretBook {
  const usesOf = (skills: readonly SkillManifest[], name: string) =>
    skills.flatMap(({ slug, title, secrets }) =>
      secrets[name] ? [{ slug, title, hosts: secrets[name].hosts }] : [],
    )
  return {
    present: async (asked) => new Set((await keychain.find(asked)).keys()),
    async list() {
      const skills = await manifests()
      const declared = skills.flatMap(({ secrets }) => Object.keys(secrets))
      const known = [...new Set([...(await names.list()), ...declared])].sort()
      return [...(await keychain.find(known))].map(([name, value]): SecretInfo => ({
        name,
        lastFour: lastFour(value),
        usedBy: usesOf(skills, name),
      }))
    },
    async wanted() {
      const asked = (await runnable()).flatMap(({ slug, secrets }) =>
        Object.entries(secrets).map(([name, { title }]) => ({ name, title, slug })),
      )
      const stored = await keychain.find([...new Set(asked.map(({ name }) => name))])
      return asked.filter(({ name }) => !stored.has(name))
    },
    async set(name, value) {
      // First, so that no key is stored that nobody knows of.
      await names.add(name)
      await keychain.set(name, value)
      await journal.append('secret.set', null, `Stored the key ${name}.`, { name })
    },
    async remove(name) {
      if (!(await keychain.remove(name)))
        throw new SkilletError('NOT_FOUND', `There is no key called ${name}.`)
      await names.remove(name)
      await journal.append('secret.removed', null, `Removed the key ${name}.`, { name })
    },
  }
}

/** The end of a key, for telling keys apart; nothing of one so short that its end would give it away. */
function lastFour(value: string): string {
  return value.length < 12 ? '' : value.slice(-4)
}
