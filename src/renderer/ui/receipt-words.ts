import { say } from '../../shared/i18n/say.ts'
import { t } from '../../shared/i18n/t.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import type { PastRun, Refusal } from '../../shared/receipt.ts'
import { baseName, formatBytes, formatCount, formatDuration, formatMemory } from './format.ts'

/** One line of the receipt: "**Read** orders.csv", with a quiet line below. `path` is set for files that can be shown. */
export interface ReceiptLine {
  kind: 'done' | 'blocked'
  verb: string
  what: string
  detail: string | null
  path: string | null
  /** It is a file that the run saved. */
  saved: boolean
}

function line(
  kind: ReceiptLine['kind'],
  verb: string,
  what: string,
  detail: string | null,
  path: string | null = null,
  saved = false,
): ReceiptLine {
  return { kind, verb, what, detail, path, saved }
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
      line('done', t('Read'), baseName(path), withPlace(t('What you chose.'), path, receipt), path),
    ),
    receipt.written.map((path) =>
      line(
        'done',
        t('Saved'),
        baseName(path),
        withPlace(whereSaved(path, inputs), path, receipt),
        path,
        true,
      ),
    ),
    receipt.contacted.map((host, index) =>
      line(
        'done',
        t('Connected to'),
        hostName(host),
        index === receipt.contacted.length - 1
          ? t('{{count}} connections, {{sent}} sent, {{received}} received.', {
              count: receipt.requests,
              sent: formatBytes(receipt.bytesOut),
              received: formatBytes(receipt.bytesIn),
            })
          : null,
      ),
    ),
    // What ended it is said above the receipt.
    receipt.refused.filter(({ kind }) => kind !== run.reason).map(refusalLine),
    (receipt.brokered ?? []).map(({ name, host }) =>
      line(
        'done',
        t('Used'),
        t('your {{key}}', { key: keyTitle(name) }),
        t('Skillet added it on the way to {{host}}; the skill never saw it.', { host: hostName(host) }),
      ),
    ),
    receipt.redacted.map(({ name, times }) =>
      line(
        'blocked',
        t('Hid'),
        t('your {{key}}', { key: keyTitle(name) }),
        t('It would have shown it {{count}} times. You see {{mark}} instead.', {
          count: times,
          mark: `«REDACTED:${name}»`,
        }),
      ),
    ),
    online || triedOnline || run.reason === 'denied'
      ? []
      : [line('done', t('Stayed'), t('offline'), t('It sent nothing anywhere.'))],
    [
      line(
        'done',
        t('Used'),
        t('{{duration}} and {{memory}} of memory', {
          duration: formatDuration(run.durationMs),
          memory: formatMemory(receipt.memoryMb),
        }),
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
    [t('Connections'), ofMost(formatCount(receipt.requests), formatCount(limits.requests))],
    [t('Sent'), ofMost(formatBytes(receipt.bytesOut), formatBytes(limits.bytesOut))],
    [t('Received'), formatBytes(receipt.bytesIn)],
  ]
  return [
    [t('Time'), ofMost(formatDuration(durationMs), formatDuration(limits.timeoutMs))],
    [t('Memory'), ofMost(formatMemory(receipt.memoryMb), formatMemory(limits.memoryMb))],
    [t('Written'), ofMost(formatMemory(receipt.writtenMb), formatMemory(limits.writtenMb))],
    ...(offline ? [[t('Connections'), t('It may make none')] as [string, string]] : online),
    [t('Output'), t('At most {{memory}}', { memory: formatMemory(limits.outputMb) })],
    [t('Programs'), t('At most {{processes}} at once', { processes: limits.processes })],
    [
      t('Left today'),
      offline
        ? t('{{count}} runs', { count: left.runs })
        : t('{{count}} runs, {{bytes}} to send', { count: left.runs, bytes: formatBytes(left.bytesOut) }),
    ],
    [t('Sandbox'), receipt.sandbox],
  ]
}

/** "12 MB of 256 MB" */
function ofMost(used: string, most: string): string {
  return t('{{used}} of {{most}}', { used, most })
}

/** Where a file really lies, if that is not where its path says. */
function withPlace(words: string | null, path: string, { links = [] }: PastRun['receipt']): string | null {
  const link = links.find((one) => path === one.path || path.startsWith(`${one.path}/`))
  if (link === undefined) return words
  const place = t('It leads to {{path}}.', { path: `${link.source}${path.slice(link.path.length)}` })
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
  return chosen ? t('In the folder you chose.') : t('In this skill’s own folder.')
}

/** `example.com:443` → `example.com`; other ports stay. */
function hostName(host: string): string {
  return host.replace(/:443$/, '')
}

/** A refusal is good news, told calmly: what was tried, why not, and that nothing came of it. */
export function refusalLine(refusal: Refusal): ReceiptLine {
  const { what, consequence } = refusalWords(refusal)
  const why = say(asSentence(refusal.why))
  const times = refusal.times > 1 ? t('Tried {{count}} times.', { count: refusal.times }) : ''
  return line(
    'blocked',
    t('Blocked'),
    what,
    [why, consequence, times].filter((part) => part !== '').join(' '),
  )
}

function refusalWords(refusal: Refusal): { what: string; consequence: string } {
  switch (refusal.kind) {
    case 'connect':
      return {
        what: t('a connection to {{host}}', { host: hostName(refusal.what) }),
        consequence: t('Nothing was sent.'),
      }
    case 'read':
      return { what: t('reading {{what}}', { what: refusal.what }), consequence: t('It saw nothing of it.') }
    case 'write':
      return {
        what: t('a change to {{what}}', { what: refusal.what }),
        consequence: t('Nothing was changed.'),
      }
    case 'start':
      return { what: t('starting {{what}}', { what: refusal.what }), consequence: t('It was not started.') }
    case 'processes':
      return {
        what: t('starting more and more programs'),
        consequence: t('Everything it had started was ended.'),
      }
    case 'attempts':
    case 'time':
    case 'memory':
    case 'output':
    case 'disk':
      return { what: say(refusal.what), consequence: '' }
  }
}

function asSentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}
