import { existsSync, lstatSync } from 'node:fs'
import { posix } from 'node:path'
import type { Receipt, Refusal } from '../../shared/receipt.ts'
import type { Launched } from './launch.ts'
import type { PathObservation } from './observation.ts'
import type { SandboxProfile } from './profile.ts'

const ENOENT = 2
const MAX_REFUSALS = 100
/** Characters of what was refused: a skill chooses them, and each of its runs stays in the journal. */
const MAX_WHAT = 300
/** Characters of all that was written together: 2,000 paths of ordinary length. */
const MAX_WRITTEN = 400_000
const MIB = 1024 * 1024

/** What a run was held to. */
export interface ReceiptContext {
  readonly profile: SandboxProfile
  readonly backend: Receipt['sandbox']
  /** Connections and bytes sent, which the proxy counts. */
  readonly egress: { readonly requests: number; readonly bytesOut: number }
  readonly left: Receipt['left']
}

/** What a person is told about a run, from what the sandbox saw of it. */
export function toReceipt(
  launched: Launched,
  { profile, backend, egress, left }: ReceiptContext,
): Omit<Receipt, 'redacted' | 'journal'> {
  const { limits } = profile
  const paths = launched.observations.filter((seen): seen is PathObservation => 'path' in seen)
  const allWritten = writtenPaths(profile, paths)
  const written = fitting(allWritten)
  const isCut =
    written.length < allWritten.length || launched.observations.some(({ type }) => type === 'truncated')
  const links = profile.paths.flatMap(({ path, source }) => (path === source ? [] : [{ path, source }]))
  return {
    read: profile.paths.map(({ path }) => path),
    ...(links.length > 0 ? { links } : {}),
    written,
    contacted: [...launched.egress.contacted],
    refused: [
      ...limitRefusals(profile, launched, isCut),
      ...hostRefusals(launched),
      ...pathRefusals(profile, paths),
    ].slice(0, MAX_REFUSALS),
    memoryMb: toMegabytes(launched.peakMemoryBytes),
    requests: launched.egress.requests,
    bytesOut: launched.egress.bytesOut,
    bytesIn: launched.egress.bytesIn,
    writtenMb: toMegabytes(launched.writtenBytes),
    limits: {
      timeoutMs: limits.timeoutMs,
      memoryMb: toMegabytes(limits.memoryBytes),
      processes: limits.processes,
      writtenMb: toMegabytes(limits.writtenBytes),
      outputMb: toMegabytes(limits.outputBytes),
      ...egress,
    },
    left,
    sandbox: backend,
  }
}

/** Both ends of what is too long. After redaction, which would not know half a key. */
export function shortened(refusal: Refusal): Refusal {
  const what = [...refusal.what]
  if (what.length <= MAX_WHAT) return refusal
  const half = MAX_WHAT / 2
  return { ...refusal, what: [...what.slice(0, half), '…', ...what.slice(1 - half)].join('') }
}

/** With one decimal. */
function toMegabytes(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10
}

/** What is there afterwards. A folder counts where nothing below it is known: one that was renamed, say. */
function writtenPaths(profile: SandboxProfile, paths: readonly PathObservation[]): string[] {
  const hosts = paths.filter(({ type }) => type === 'wrote').map(({ path }) => hostPath(profile, path))
  const there = [...new Set(hosts)].filter((path): path is string => path !== null && isThere(path))
  return there.filter((path) => !there.some((other) => other.startsWith(`${path}/`)))
}

/** The first of them, as far as there is room. */
function fitting(paths: readonly string[]): string[] {
  let left = MAX_WRITTEN
  return paths.filter((path) => (left -= path.length) >= 0)
}

/** A path that can't be looked at, behind a folder without permissions or a loop of links, was written all the same. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** Where a path inside the sandbox lies on this computer, null when it doesn't outlive the run. */
function hostPath(profile: SandboxProfile, path: string): string | null {
  const plain = posix.normalize(path)
  for (const { inside, host } of profile.state) {
    const root = `/skill/${inside}`
    if (plain === root || plain.startsWith(`${root}/`)) return host + plain.slice(root.length)
  }
  for (const { path: root, writable } of profile.paths)
    if (writable && (plain === root || plain.startsWith(`${root}/`))) return plain
  return null
}

function hostRefusals(launched: Launched): Refusal[] {
  return launched.refusedHosts.map(({ host, why, times }) => ({ kind: 'connect', what: host, why, times }))
}

function pathRefusals(profile: SandboxProfile, paths: readonly PathObservation[]): Refusal[] {
  const refused = new Map<string, Refusal>()
  const add = (kind: Refusal['kind'], what: string, why: string) => {
    const key = `${kind} ${what}`
    if (!refused.has(key)) refused.set(key, { kind, what, why, times: 1 })
  }
  for (const { type, path, errno } of paths) {
    const plain = posix.normalize(path)
    if (type === 'read' && isHidden(plain, errno))
      add('read', plain, 'You never gave it this file; it was told that there is none.')
    if (type === 'write' && isRefusedWrite(profile, plain, errno))
      add('write', plain, 'It may not change anything there.')
    if (type === 'connect') add('connect', ...describeDirect(path))
    if (type === 'start' && isHiddenProgram(plain, errno))
      add('start', posix.basename(plain), 'It never asked to start this program.')
  }
  return [...refused.values()]
}

/** A connection attempt that did not go through the proxy; port 53 is a name being looked up. */
function describeDirect(address: string): [what: string, why: string] {
  if (address.endsWith(':53'))
    return ['a site, by looking up its address', 'It may not look up sites by itself; nothing was sent.']
  return [address, 'It tried to go around the approved way out; nothing was sent.']
}

/** Settings that every program's runtime looks for at its start, whatever the skill does. */
const runtimeLookups =
  /^\/etc\/(nsswitch\.conf|host\.conf|resolv\.conf|hosts|gai\.conf|localtime|timezone|ssl(\/.*)?|ld\.so.*|mime\.types|inputrc|terminfo|gitconfig|python.*|bash\.bashrc|profile)$/

/** A read counts as blocked when the thing exists on this computer and the sandbox kept it away. Kernel views
 * and system libraries that programs merely look for are not worth a person's attention. */
function isHidden(path: string, errno: number): boolean {
  if (/^\/(proc|sys|dev|usr|lib|lib64|bin|sbin|skill|tmp)(\/|$)/.test(path) || runtimeLookups.test(path))
    return false
  if (errno !== ENOENT) return true
  return /^\/(home|root|Users|mnt|media|srv|var)(\/|$)/.test(path) || existsSync(path)
}

function isRefusedWrite(profile: SandboxProfile, path: string, errno: number): boolean {
  if (/^\/(proc|dev)(\/|$)/.test(path)) return errno !== ENOENT
  // Bytecode caches and the like, where a runtime tries its luck beside its own files.
  if (profile.runtime.binds.has(path) || /^\/usr(\/|$)/.test(path))
    return errno !== ENOENT && !path.includes('__pycache__')
  return errno !== ENOENT || !path.startsWith('/tmp/')
}

/** Looking along PATH asks for the same program in several folders: what counts is whether the computer has it. */
function isHiddenProgram(path: string, errno: number): boolean {
  return errno !== ENOENT || existsSync(path)
}

/** Limits that it ran into. Except for the number of processes, the run ended there. */
function limitRefusals(
  { limits }: SandboxProfile,
  { observations, reason }: Launched,
  isCut: boolean,
): Refusal[] {
  const refusals: Refusal[] = []
  const add = (kind: Refusal['kind'], what: string, why: string) =>
    refusals.push({ kind, what, why, times: 1 })
  if (observations.some(({ type }) => type === 'processes'))
    add('processes', `more than ${limits.processes} processes`, `It may run ${limits.processes} at once.`)
  if (reason === 'time')
    add('time', `running for more than ${limits.timeoutMs / 1000} s`, 'Its time was up, so it was stopped.')
  if (reason === 'memory')
    add(
      'memory',
      `more than ${Math.round(limits.memoryBytes / MIB)} MB of memory`,
      'That is all it may use, so it was stopped.',
    )
  if (isCut) add('attempts', 'more attempts than can be listed', 'Only the first ones are shown.')
  if (reason === 'disk')
    add(
      'disk',
      `more than ${Math.round(limits.writtenBytes / MIB)} MB on the disk`,
      'That is all it may write in one run, so it was stopped.',
    )
  if (reason === 'output')
    add(
      'output',
      `more than ${Math.round(limits.outputBytes / MIB)} MB of output`,
      'That is all it may print, so it was stopped.',
    )
  return refusals
}
