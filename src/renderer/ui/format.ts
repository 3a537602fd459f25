import { currentLocale, t } from '../../shared/i18n/t.ts'

/** 1284 → "1,284" */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(currentLocale()).format(count)
}

const units = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** One decimal below ten, none above. Units of 1024 are written KB, not kB. */
function inUnit(value: number, unit: (typeof units)[number]): string {
  return new Intl.NumberFormat(currentLocale(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: value < 9.95 ? 1 : 0,
  })
    .format(value)
    .replace('kB', 'KB')
}

/** Bytes in words: "812 bytes", "1.2 KB", "34 MB". Units of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024)
    return new Intl.NumberFormat(currentLocale(), {
      style: 'unit',
      unit: 'byte',
      unitDisplay: 'long',
    }).format(bytes)
  let value = bytes / 1024
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return inUnit(value, units[unit] ?? 'terabyte')
}

/** MiB in words: 512 → "512 MB", 15884 → "16 GB", 1536 → "1.5 GB". */
export function formatMemory(mib: number): string {
  if (mib > 0 && mib < 1) return t('less than {{size}}', { size: inUnit(1, 'megabyte') })
  return mib < 1024 ? inUnit(Math.round(mib), 'megabyte') : inUnit(mib / 1024, 'gigabyte')
}

/** Milliseconds in words: "0.8 s", "12 s", "2 min 5 s". */
export function formatDuration(ms: number): string {
  const inSeconds = (seconds: number, digits: number) =>
    t('{{seconds}} s', {
      seconds: new Intl.NumberFormat(currentLocale(), {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(seconds),
    })
  if (ms < 50) return t('less than {{time}}', { time: inSeconds(0.1, 1) })
  if (ms < 9950) return inSeconds(ms / 1000, 1)
  const all = Math.round(ms / 1000)
  if (all < 60) return inSeconds(all, 0)
  const minutes = t('{{minutes}} min', { minutes: Math.floor(all / 60) })
  return all % 60 === 0 ? minutes : `${minutes} ${inSeconds(all % 60, 0)}`
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/** How many days the moment lies ahead: 0 today, −1 yesterday. */
function daysAhead(date: Date, now: Date): number {
  return Math.round((startOfDay(date) - startOfDay(now)) / 86_400_000)
}

/** "today", "yesterday", "5 minutes ago". */
function relative(value: number, unit: 'day' | 'minute'): string {
  return new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(value, unit)
}

function capitalised(words: string): string {
  return words.charAt(0).toLocaleUpperCase(currentLocale()) + words.slice(1)
}

/** "12 November", with the year when it is not this one. Empty or broken dates read "an unknown day". */
export function formatDate(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return t('an unknown day')
  return new Intl.DateTimeFormat(currentLocale(), {
    day: 'numeric',
    month: 'long',
    ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  }).format(date)
}

/** "Today", "Yesterday", "Monday 9 November". */
export function formatDay(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const days = daysAhead(date, now)
  if (days === 0 || days === -1) return capitalised(relative(days, 'day'))
  return new Intl.DateTimeFormat(currentLocale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  }).format(date)
}

/** "14:05" */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(currentLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso))
}

/** "12 November 2026 at 14:05", the exact moment for those who want it. */
export function formatMoment(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return t('an unknown time')
  const day = new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'long' }).format(date)
  return t('{{day}} at {{time}}', { day, time: formatTime(iso) })
}

/** "just now", "5 minutes ago", "today at 14:05", "yesterday", "on 9 November". */
export function formatAgo(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000)
  if (minutes < 1) return t('just now')
  if (minutes < 60) return relative(-minutes, 'minute')
  const days = daysAhead(date, now)
  if (days === 0) return t('{{day}} at {{time}}', { day: relative(0, 'day'), time: formatTime(iso) })
  return days === -1 ? relative(-1, 'day') : t('on {{day}}', { day: formatDate(iso, now) })
}

/** A moment to come: "today at 14:05", "tomorrow at 14:05", "29 November". */
export function formatUntil(iso: string, now: Date = new Date()): string {
  const days = daysAhead(new Date(iso), now)
  if (days !== 0 && days !== 1) return formatDate(iso, now)
  return t('{{day}} at {{time}}', { day: relative(days, 'day'), time: formatTime(iso) })
}

/** A fingerprint in groups of four, as people compare it. */
export function groupsOfFour(hex: string): string[] {
  return hex.match(/.{1,4}/g) ?? []
}

/** "skillet-labs" → "Skillet Labs": a publisher's name as people read it. The exact one stands in the whole story. */
export function publisherName(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}

/** The last part of a path of any system. */
export function baseName(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? path
  )
}

/** "a", "a and b", "a, b and c"; `last` is the word before the last one. */
export function joinList(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  const type = last === 'and' ? 'conjunction' : 'disjunction'
  return new Intl.ListFormat(currentLocale(), { type }).format(words)
}

/** True when version `a` comes after `b` by its three numbers. A label after `-` counts as older than none. */
export function isNewer(a: string, b: string): boolean {
  const parse = (version: string) => {
    const [core = '', label] = version.split('+')[0]!.split(/-(.*)/s)
    return { numbers: core.split('.').map(Number), label: label ?? null }
  }
  const left = parse(a)
  const right = parse(b)
  for (const index of [0, 1, 2]) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return left.label === null && right.label !== null
}
