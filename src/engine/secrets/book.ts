import type { SecretInfo } from '../../shared/contract/keys.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Journal } from '../ports.ts'
import type { Keychain } from './keychain.ts'

interface Ports {
  readonly keychain: Keychain
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
export function createSecretBook({ keychain, journal, manifests, runnable }: Ports): SecretBook {
  const usesOf = (skills: readonly SkillManifest[], name: string) =>
    skills.flatMap(({ slug, title, secrets }) =>
      secrets[name] ? [{ slug, title, hosts: secrets[name].hosts }] : [],
    )
  return {
    async present(names) {
      const found = new Set<string>()
      for (const name of names) if ((await keychain.get(name)) !== null) found.add(name)
      return found
    },
    async list() {
      const skills = await manifests()
      const infos: SecretInfo[] = []
      for (const name of await keychain.names()) {
        const value = await keychain.get(name)
        if (value !== null) infos.push({ name, lastFour: lastFour(value), usedBy: usesOf(skills, name) })
      }
      return infos
    },
    async wanted() {
      const asked = (await runnable()).flatMap(({ slug, secrets }) =>
        Object.entries(secrets).map(([name, { title }]) => ({ name, title, slug })),
      )
      if (asked.length === 0) return []
      const stored = new Set(await keychain.names())
      return asked.filter(({ name }) => !stored.has(name))
    },
    async set(name, value) {
      await keychain.set(name, value)
      await journal.append('secret.set', null, `Stored the key ${name}.`, { name })
    },
    async remove(name) {
      if (!(await keychain.remove(name)))
        throw new SkilletError('NOT_FOUND', `There is no key called ${name}.`)
      await journal.append('secret.removed', null, `Removed the key ${name}.`, { name })
    },
  }
}

/** The end of a key, for telling keys apart; nothing of one so short that its end would give it away. */
function lastFour(value: string): string {
  return value.length < 12 ? '' : value.slice(-4)
}
