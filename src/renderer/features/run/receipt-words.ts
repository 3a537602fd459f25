import type { InputValues } from '../../../shared/contract/library.ts'
import type { Refusal, RunResult } from '../../../shared/receipt.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { Tone } from '../../ui/badge.tsx'
import { baseName, formatBytes, formatDuration, formatMemory, plural } from '../../ui/format.ts'

type Limits = Pick<SkillManifest, 'sandbox'>

/** One line of the receipt: "**Read** orders.csv", with a quiet line below. `path` is set for files that can be shown. */
export interface ReceiptLine {
  kind: 'done' | 'blocked'
  verb: string
  what: string
  detail: string | null
  path: string | null
}

function line(
  kind: ReceiptLine['kind'],
  verb: string,
  what: string,
  detail: string | null,
  path: string | null = null,
): ReceiptLine {
  return { kind, verb, what, detail, path }
}

/** What a run did, one sentence a line: read, wrote, connected, blocked, used. */
export function receiptLines(result: RunResult, inputs: InputValues, manifest: Limits): ReceiptLine[] {
  const { receipt } = result
  const online = receipt.contacted.length > 0
  const triedOnline = receipt.refused.some((refusal) => refusal.kind === 'connect')
  return [
    ...receipt.read.map((path) => line('done', 'Read', baseName(path), 'What you chose.', path)),
    ...receipt.written.map((path) => line('done', 'Wrote', baseName(path), whereWritten(path, inputs), path)),
    ...receipt.contacted.map((host, index) =>
      line(
        'done',
        'Connected to',
        hostName(host),
        index === receipt.contacted.length - 1
          ? `${plural(receipt.requests, 'connection')}, ${formatBytes(receipt.bytesOut)} sent.`
          : null,
      ),
    ),
    ...receipt.refused.map(refusalLine),
    ...(online || triedOnline || result.reason === 'denied'
      ? []
      : [line('done', 'Stayed', 'offline', 'It sent nothing anywhere.')]),
    line(
      'done',
      'Used',
      `${formatMemory(receipt.memoryMb)} of memory, ${formatDuration(result.durationMs)}`,
      `Limits: ${formatMemory(manifest.sandbox.memory_mb)}, ${formatDuration(manifest.sandbox.timeout_s * 1000)}.`,
    ),
  ]
}

function whereWritten(path: string, inputs: InputValues): string {
  const chosen = Object.values(inputs).some(
    (value) =>
      typeof value === 'string' &&
      value.length > 1 &&
      (path.startsWith(`${value.replace(/[\\/]$/, '')}/`) ||
        path.startsWith(`${value.replace(/[\\/]$/, '')}\\`)),
  )
  return chosen ? 'In the folder you chose.' : 'In this skill’s own folder.'
}

/** `example.com:443` → `example.com`; other ports stay. */
function hostName(host: string): string {
  return host.replace(/:443$/, '')
}

/** A refusal is good news, told calmly: what was tried, why not, and that nothing came of it. */
export function refusalLine(refusal: Refusal): ReceiptLine {
  const { what, consequence } = refusalWords(refusal)
  const why = asSentence(refusal.why)
  const times = refusal.times > 1 ? `Tried ${plural(refusal.times, 'time')}.` : ''
  return line('blocked', 'Blocked', what, [why, consequence, times].filter((part) => part !== '').join(' '))
}

function refusalWords(refusal: Refusal): { what: string; consequence: string } {
  switch (refusal.kind) {
    case 'connect':
      return { what: `a connection to ${hostName(refusal.what)}`, consequence: 'Nothing was sent.' }
    case 'read':
      return { what: `reading ${refusal.what}`, consequence: 'It saw nothing of it.' }
    case 'write':
      return { what: `a change to ${refusal.what}`, consequence: 'Nothing was changed.' }
    case 'start':
      return { what: `starting ${refusal.what}`, consequence: 'It was not started.' }
    case 'processes':
      return { what: 'starting more and more programs', consequence: 'Everything it had started was ended.' }
    case 'attempts':
    case 'time':
    case 'memory':
    case 'output':
      return { what: refusal.what, consequence: '' }
  }
}

function asSentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/**
 * How a run ended: a title, what it means, and how good that is. `withdrawn`: the registry took the skill back meanwhile,
 * which is why it was stopped.
 */
export function endingWords(
  result: RunResult,
  manifest: Limits,
  withdrawn = false,
): { tone: Tone; title: string; detail: string | null } {
  const took = formatDuration(result.durationMs)
  switch (result.reason) {
    case 'exit':
      if (result.exitCode === 0) return { tone: 'ok', title: `Finished in ${took}`, detail: null }
      return {
        tone: 'bad',
        title: `Ended with a problem after ${took}`,
        detail:
          result.exitCode === null
            ? `The skill ended by itself${result.signal === null ? '' : ` (${result.signal})`} before it was done.`
            : `The skill says that something went wrong (its code for it is ${result.exitCode}). Its own words are in the output.`,
      }
    case 'time':
      return {
        tone: 'warn',
        title: `Stopped at its time limit of ${formatDuration(manifest.sandbox.timeout_s * 1000)}`,
        detail: 'It needed longer than it may run. A smaller file may help.',
      }
    case 'memory':
      return {
        tone: 'warn',
        title: `Stopped at its memory limit of ${formatMemory(manifest.sandbox.memory_mb)}`,
        detail: 'It needed more memory than it may use. A smaller file may help.',
      }
    case 'stopped':
      if (withdrawn)
        return {
          tone: 'bad',
          title: `Stopped after ${took}, because it was withdrawn`,
          detail: 'Everything it had started was ended.',
        }
      return {
        tone: 'neutral',
        title: `Stopped by you after ${took}`,
        detail: 'Everything it had started was ended.',
      }
    case 'output':
      return {
        tone: 'warn',
        title: 'Stopped because it wrote too much',
        detail: 'Its output was longer than Skillet accepts. What came before that is kept below.',
      }
    case 'denied':
      return {
        tone: 'bad',
        title: 'Not allowed to run',
        detail: 'It asked for something that is not allowed, so it was not started.',
      }
  }
}
