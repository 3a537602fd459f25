import { t } from '../../../shared/i18n/t.ts'
import type { Capability } from '../../../shared/capability.ts'
import type { Policy, PolicyLimits, UserPolicy } from '../../../shared/policy.ts'
import { formatDuration, formatMemory } from '../../ui/format.ts'

/** Every capability, in the vocabulary's order: a policy that names none sets no limit. */
const everything: readonly Capability[] = ['fs:read', 'fs:write', 'net', 'env:read', 'exec']

/** What a person can switch off for all skills at once. */
export const switches = (): readonly { capability: Capability; label: string; off: string }[] => [
  { capability: 'net', label: t('Go online'), off: t('No skill can connect to anything.') },
  { capability: 'env:read', label: t('Use your keys'), off: t('No skill gets a key.') },
  {
    capability: 'fs:write',
    label: t('Change and save files'),
    off: t('No skill can change or keep a file.'),
  },
  {
    capability: 'exec',
    label: t('Start other programs'),
    off: t('No skill can start a program besides its own.'),
  },
]

export interface SwitchState {
  on: boolean
  /** Administrators have switched it off; nobody here can change that. */
  locked: boolean
}

export function switchState(capability: Capability, user: UserPolicy, managed: Policy | null): SwitchState {
  const locked = managed !== null && !managed.capabilities.includes(capability)
  return { on: !locked && (user.capabilities?.includes(capability) ?? true), locked }
}

/** The same policy with one capability switched; where nothing is switched off it names none. */
export function withSwitch(user: UserPolicy, capability: Capability, on: boolean): UserPolicy {
  const { capabilities = everything, ...rest } = user
  const left = everything.filter((each) => (each === capability ? on : capabilities.includes(each)))
  return left.length === everything.length ? rest : { ...rest, capabilities: left }
}

type Ceiling = 'timeout_s' | 'memory_mb'

/** What Skillet itself gives a run at most. */
const ownCeiling: Record<Ceiling, number> = { timeout_s: 300, memory_mb: 4096 }
const offered: Record<Ceiling, readonly number[]> = {
  timeout_s: [10, 30, 60, 120],
  memory_mb: [256, 512, 1024, 2048],
}

export interface CeilingState {
  /** `none`: the person sets no limit. */
  value: string
  choices: { id: string; label: string }[]
  /** What administrators allow at most, in words; null where they say nothing. */
  locked: string | null
}

/** The choices for the longest time or the most memory of a run. */
export function ceilingState(which: Ceiling, user: UserPolicy, managed: Policy | null): CeilingState {
  const words = (amount: number) =>
    which === 'timeout_s' ? formatDuration(amount * 1000) : formatMemory(amount)
  const most = Math.min(ownCeiling[which], managed?.limits?.[which] ?? Infinity)
  const own = user.limits?.[which]
  const amounts = [
    ...new Set([...offered[which].filter((each) => each < most), ...(own === undefined ? [] : [own])]),
  ]
  return {
    value: own === undefined ? 'none' : String(own),
    choices: [
      ...amounts.toSorted((a, b) => a - b).map((each) => ({ id: String(each), label: words(each) })),
      { id: 'none', label: t('What each skill asks for, {{most}} at most', { most: words(most) }) },
    ],
    locked: managed?.limits?.[which] === undefined ? null : words(most),
  }
}

/** The same policy with another ceiling; `none` takes it away. */
export function withCeiling(user: UserPolicy, which: Ceiling, value: string): UserPolicy {
  const { limits, ...rest } = user
  const left: PolicyLimits = { ...limits }
  if (value === 'none') delete left[which]
  else left[which] = Number(value)
  return Object.keys(left).length === 0 ? rest : { ...rest, limits: left }
}

/** What the policy's file says beyond the choices here, in words. */
export function furtherLimits(user: UserPolicy): string[] {
  const list = (items: readonly string[] | undefined, some: (words: string) => string, none: string) =>
    items === undefined ? [] : [items.length === 0 ? none : some(items.join(', '))]
  return [
    ...list(
      user.net_hosts,
      (sites) => t('Connections only to {{sites}}.', { sites }),
      t('No connections at all.'),
    ),
    ...list(user.secrets, (keys) => t('Only these keys: {{keys}}.', { keys }), t('No keys at all.')),
    ...list(
      user.exec,
      (programs) => t('Only these programs: {{programs}}.', { programs }),
      t('No other programs at all.'),
    ),
    ...list(
      user.fs_write_roots,
      (folders) => t('Files kept only in: {{folders}}.', { folders }),
      t('No files kept at all.'),
    ),
    ...(user.limits?.runs_per_day === undefined
      ? []
      : [t('At most {{count}} runs a day of each skill.', { count: user.limits.runs_per_day })]),
    ...(user.limits?.requests_per_run === undefined
      ? []
      : [
          t('At most {{count}} connections a run.', {
            count: user.limits.requests_per_run,
          }),
        ]),
    ...(user.limits?.egress_mb_per_day === undefined
      ? []
      : [
          t('At most {{memory}} sent a day by each skill.', {
            memory: formatMemory(user.limits.egress_mb_per_day),
          }),
        ]),
  ]
}
