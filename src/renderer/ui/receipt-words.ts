import type { InputValues } from '../../shared/contract/library.ts'
import type { PastRun, Refusal } from '../../shared/receipt.ts'
import { baseName, formatBytes, formatDuration, formatMemory, plural } from './format.ts'

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

/**
 * What a run did, one sentence a line: read, saved, connected to, kept from, used. Lines of one kind form a group.
 * `inputs` null: nobody knows any more what was chosen. `keyTitle` turns a key's name into its maker's words.
 */
export function receiptGroups(
  run: PastRun,
  inputs: InputValues | null,
  keyTitle: (name: string) => string,
): ReceiptLine[][] {
  const { receipt } = run
  const online = receipt.contacted.length > 0
  const triedOnline = receipt.refused.some((refusal) => refusal.kind === 'connect')
  const groups = [
    receipt.read.map((path) =>
      line('done', 'Read', baseName(path), withPlace('What you chose.', path, receipt), path),
    ),
    receipt.written.map((path) =>
      line('done', 'Saved', baseName(path), withPlace(whereSaved(path, inputs), path, receipt), path),
    ),
    receipt.contacted.map((host, index) =>
      line(
        'done',
        'Connected to',
        hostName(host),
        index === receipt.contacted.length - 1
          ? `${plural(receipt.requests, 'connection')}, ${formatBytes(receipt.bytesOut)} sent, ${formatBytes(receipt.bytesIn)} received.`
          : null,
      ),
    ),
    // What ended it is said above the receipt.
    receipt.refused.filter(({ kind }) => kind !== run.reason).map(refusalLine),
    receipt.redacted.map(({ name, times }) =>
      line(
        'blocked',
        'Hid',
        `your ${keyTitle(name)}`,
        `It would have shown it ${times === 1 ? 'once' : plural(times, 'time')}. You see «REDACTED:${name}» instead.`,
      ),
    ),
    online || triedOnline || run.reason === 'denied'
      ? []
      : [line('done', 'Stayed', 'offline', 'It sent nothing anywhere.')],
    [
      line(
        'done',
        'Used',
        `${formatDuration(run.durationMs)} and ${formatMemory(receipt.memoryMb)} of memory`,
        null,
      ),
    ],
  ]
  return groups.filter((group) => group.length > 0)
}

/** What it used, beside what it may use at most. */
export function usage({ durationMs, receipt }: PastRun): [what: string, used: string][] {
  const { limits, left } = receipt
  const offline = limits.requests === 0
  const online: [string, string][] = [
    ['Connections', `${receipt.requests} of ${limits.requests}`],
    ['Sent', `${formatBytes(receipt.bytesOut)} of ${formatBytes(limits.bytesOut)}`],
    ['Received', formatBytes(receipt.bytesIn)],
  ]
  return [
    ['Time', `${formatDuration(durationMs)} of ${formatDuration(limits.timeoutMs)}`],
    ['Memory', `${formatMemory(receipt.memoryMb)} of ${formatMemory(limits.memoryMb)}`],
    ['Written', `${formatMemory(receipt.writtenMb)} of ${formatMemory(limits.writtenMb)}`],
    ...(offline ? [['Connections', 'It may make none'] as [string, string]] : online),
    ['Output', `At most ${formatMemory(limits.outputMb)}`],
    ['Programs', `At most ${limits.processes} at once`],
    ['Left today', `${plural(left.runs, 'run')}${offline ? '' : `, ${formatBytes(left.bytesOut)} to send`}`],
    ['Sandbox', receipt.sandbox],
  ]
}

/** Where a file really lies, if that is not where its path says. */
function withPlace(words: string | null, path: string, { links = [] }: PastRun['receipt']): string | null {
  const link = links.find((one) => path === one.path || path.startsWith(`${one.path}/`))
  if (link === undefined) return words
  const place = `It leads to ${link.source}${path.slice(link.path.length)}.`
  return words === null ? place : `${words} ${place}`
}

function whereSaved(path: string, inputs: InputValues | null): string | null {
  if (inputs === null) return null
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
    case 'disk':
      return { what: refusal.what, consequence: '' }
  }
}

function asSentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}
