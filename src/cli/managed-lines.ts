import { joinWords } from '../shared/capability-words.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'
import { policyLines } from './policy-lines.ts'

type Key = keyof ManagedPolicy
type Lines = Readonly<Required<{ [K in Key]: (value: NonNullable<ManagedPolicy[K]>) => readonly string[] }>>

const list = (items: readonly string[]) => (items.length === 0 ? 'none' : joinWords(items))
const line = (name: string, items: readonly string[] | undefined) =>
  items === undefined ? [] : [`${name}: ${list(items)}`]
const some = (name: string, items: readonly string[] | undefined) =>
  items === undefined || items.length === 0 ? [] : [`${name}: ${joinWords(items)}`]
const text = (name: string, value: string | number | undefined) =>
  value === undefined ? [] : [`${name}: ${value}`]
const storage = {
  keychain: 'the keychain',
  vault: 'a file with a passphrase',
  session: 'memory, until Skillet closes',
}

/** Each key that a policy can have: one that is new has no words until it has some here. */
const lines: Lines = {
  organisation: (name) => [`Managed by: ${name}`],
  support: ({ name, email, phone, url }) =>
    some(
      'Questions to',
      [name, email, phone, url].filter((way) => way !== undefined),
    ),
  language: (language) => [`Language: ${language}`],
  branding: ({ name, accent, logo }) => [
    ...text('Name in the window', name),
    ...text('Colour', accent),
    ...text('Picture', logo),
  ],
  registries: (registries) =>
    line(
      'Registries',
      registries.map(({ url, root, root_sha256: digest }) =>
        root === undefined && digest === undefined ? url : `${url} (whose signatures count is fixed)`,
      ),
    ),
  publishers: ({ allow, block }) => [...line('Only publishers', allow), ...some('Never publishers', block)],
  skills: ({ allow, block, preinstall }) => [
    ...line('Only skills', allow),
    ...some('Never skills', block),
    ...some(
      'Installed for you',
      preinstall?.map(({ skill, required }) => (required === true ? `${skill} (can't be removed)` : skill)),
    ),
  ],
  ceiling: (ceiling) => ['Skills may do at most', ...policyLines(ceiling).map((one) => `  ${one}`)],
  unsigned: (unsigned) => [`Skills that nobody has signed: ${unsigned}`],
  key_storage: (kinds) =>
    line(
      'Keys are kept only in',
      kinds.map((kind) => storage[kind]),
    ),
  telemetry: (choice) => [`Statistics: ${choice}`],
  updates: ({ mode, version, mirror }) => [
    `Updates of Skillet: ${mode}`,
    ...text('Version of Skillet', version),
    ...text('Updates come from', mirror),
  ],
  agents: ({ allow }) => line('Only agents', allow),
  bridge: ({ enabled, token_days: days }) => [
    ...(enabled === undefined ? [] : [`Agents may connect: ${enabled ? 'yes' : 'no'}`]),
    ...text('Days until an agent is paired again', days),
  ],
  certificates: ({ mode, authorities }) => [
    `Authorities of the organisation: ${authorities.length}, ${mode === 'add' ? 'beside the usual ones' : 'in place of the usual ones'}`,
  ],
  proxy: ({ url, except }) => [`Proxy: ${url}`, ...some('Without it', except)],
  fleet_key: () => ["This computer belongs to the organisation's fleet."],
}

/** Everything that administrators decided, a line each. */
export function managedLines(policy: ManagedPolicy): string[] {
  const wordsFor = lines as Readonly<Record<Key, (value: unknown) => readonly string[]>>
  return (Object.keys(lines) as Key[]).flatMap((key) => {
    const value = policy[key]
    return value === undefined ? [] : wordsFor[key](value)
  })
}
