import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { createBroker, type Broker } from '../sandbox/broker/broker.ts'
import { placeholderFor } from '../sandbox/broker/placeholder.ts'
import { systemRoots } from '../sandbox/broker/roots.ts'
import type { GuardedKey } from '../sandbox/key-guard.ts'
import type { SandboxProfile } from '../sandbox/profile.ts'

/** What a run gets for its keys. */
export interface HeldKeys extends Required<Pick<SandboxProfile, 'environment' | 'files'>> {
  /** What it holds, key or placeholder, with where each may go. */
  readonly guarded: Readonly<Record<string, GuardedKey>>
  /** Null where it holds all of its keys itself. */
  readonly broker: Broker | null
}

const authorityFile = '/etc/skillet/run-authority.pem'
const rootsFile = '/etc/skillet/roots.pem'

/** Each by the variable that makes another kind of program trust it: OpenSSL and Python, curl, Python's requests, Git, Node. */
const trust = {
  SSL_CERT_FILE: rootsFile,
  CURL_CA_BUNDLE: rootsFile,
  REQUESTS_CA_BUNDLE: rootsFile,
  GIT_SSL_CAINFO: rootsFile,
  NODE_EXTRA_CA_CERTS: authorityFile,
}

/**
 * Keys of which the manifest, or the person, says that they only travel in headers are added on the way: the run gets a placeholder for each,
 * and what makes its programs trust the way. The others it gets as they are.
 *
 * @param secrets of this run, name → value
 * @param roots authorities whose word is taken for who a site is, in PEM
 * @param unseen names of keys that the person lets the skill use without holding them
 */
export async function holdKeys(
  { secrets: declared }: SkillManifest,
  secrets: Readonly<Record<string, string>>,
  roots: () => Promise<string>,
  unseen: readonly string[],
): Promise<HeldKeys> {
  const hostsOf = (name: string) => declared[name]?.hosts ?? []
  const brokered = Object.entries(secrets)
    .filter(([name]) => declared[name]?.broker === true || unseen.includes(name))
    .map(([name, value]) => ({ name, value, placeholder: placeholderFor(value), hosts: hostsOf(name) }))
  const held = {
    ...secrets,
    ...Object.fromEntries(brokered.map(({ name, placeholder }) => [name, placeholder])),
  }
  const guarded = Object.fromEntries(
    Object.entries(held).map(([name, value]) => [name, { value, hosts: hostsOf(name) }]),
  )
  if (brokered.length === 0) return { environment: held, files: {}, guarded, broker: null }
  const broker = createBroker(brokered, await roots())
  const files = { [authorityFile]: broker.authority, [rootsFile]: `${systemRoots()}\n${broker.authority}` }
  return { environment: { ...held, ...trust }, files, guarded, broker }
}
