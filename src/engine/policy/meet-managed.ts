import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { meetPolicies } from './layers.ts'

/**
 * The stricter of all these, key by key. Where neither of two is stricter (a name, a proxy), the one that comes first
 * counts. Null where there is none.
 */
export function meetManaged(policies: readonly ManagedPolicy[]): ManagedPolicy | null {
  const [first, ...others] = policies
  return first === undefined ? null : others.reduce(meet, first)
}

function meet(a: ManagedPolicy, b: ManagedPolicy): ManagedPolicy {
  const met: ManagedPolicy = {
    ...b,
    ...a,
    registries: both(a.registries, b.registries, meetRegistries),
    publishers: both(a.publishers, b.publishers, (one, other) => ({
      ...allowOf(both(one.allow, other.allow, common)),
      block: union(one.block, other.block),
    })),
    skills: both(a.skills, b.skills, (one, other) => ({
      ...allowOf(both(one.allow, other.allow, meetRules)),
      block: union(one.block, other.block),
      preinstall: [
        ...(one.preinstall ?? []).map((first) =>
          other.preinstall?.some(
            ({ skill, required }) => required === true && slugOf(skill) === slugOf(first.skill),
          )
            ? { ...first, required: true }
            : first,
        ),
        ...(other.preinstall ?? []).filter(
          ({ skill }) => !(one.preinstall ?? []).some((first) => slugOf(first.skill) === slugOf(skill)),
        ),
      ],
    })),
    ceiling: both(a.ceiling, b.ceiling, (one, other) => meetPolicies([one, other])),
    unsigned: both(a.unsigned, b.unsigned, (one, other) => (other === 'forbidden' ? other : one)),
    key_storage: both(a.key_storage, b.key_storage, common),
    telemetry: both(a.telemetry, b.telemetry, (one, other) => (other === 'off' ? other : one)),
    updates: both(a.updates, b.updates, (one, other) => ({
      ...(strictness[other.mode] > strictness[one.mode] ? other : one),
      ...mirrorOf(one.mirror ?? other.mirror),
    })),
    agents: both(a.agents, b.agents, (one, other) => ({ allow: common(one.allow, other.allow) })),
    bridge: both(a.bridge, b.bridge, (one, other) => ({
      ...one,
      ...other,
      ...whenSet(
        'enabled',
        both(one.enabled, other.enabled, (first, second) => first && second),
      ),
      ...whenSet('token_days', both(one.token_days, other.token_days, Math.min)),
    })),
    certificates: both(a.certificates, b.certificates, (one, other) =>
      one.mode === 'add' && other.mode === 'replace' ? other : one,
    ),
  }
  return Object.fromEntries(Object.entries(met).filter(([, value]) => value !== undefined))
}

/** Only one of them says something: that counts. */
function both<T>(a: T | undefined, b: T | undefined, meetThem: (a: T, b: T) => T): T | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return meetThem(a, b)
}

function common<T>(a: readonly T[], b: readonly T[]): T[] {
  return a.filter((item) => b.includes(item))
}

function union<T>(a: readonly T[] = [], b: readonly T[] = []): T[] {
  return [...new Set([...a, ...b])]
}

const allowOf = (allow: string[] | undefined) => (allow === undefined ? {} : { allow })
const mirrorOf = (mirror: string | undefined) => (mirror === undefined ? {} : { mirror })
const whenSet = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: T }

type Registries = NonNullable<ManagedPolicy['registries']>

/** Those of both. Where they pin different roots, nobody could satisfy both: that registry is out. */
function meetRegistries(a: Registries, b: Registries): Registries {
  return a.flatMap((one) => {
    const other = b.find(({ url }) => plainUrl(url) === plainUrl(one.url))
    if (other === undefined) return []
    const pins = [one, other].map(({ root, root_sha256 }) => JSON.stringify([root, root_sha256]))
    const unpinned = JSON.stringify([undefined, undefined])
    if (pins[0] === pins[1] || pins[1] === unpinned) return [one]
    return pins[0] === unpinned ? [other] : []
  })
}

/** The form in which two addresses are compared. */
export function plainUrl(url: string): string {
  return new URL(url).href.replace(/\/+$/, '')
}

/** What is within a rule of each: for the same skill, all comparisons of both. */
function meetRules(a: readonly string[], b: readonly string[]): string[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      if (slugOf(one) !== slugOf(other)) return []
      const ranges = [one, other].flatMap((rule) => rule.split('@').slice(1))
      return [[slugOf(one), ...(ranges.length === 0 ? [] : [ranges.join(' ')])].join('@')]
    }),
  )
}

function slugOf(rule: string): string {
  return rule.split('@')[0]!
}

const strictness = { automatic: 0, manual: 1, pinned: 2 } as const
