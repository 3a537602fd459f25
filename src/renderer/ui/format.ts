const locale = 'en-GB'
const counts = new Intl.NumberFormat(locale)

/** 1284 → "1,284" */
export function formatCount(count: number): string {
  return counts.format(count)
}

/** "1 file", "3 files" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Bytes in words: "812 bytes", "1.2 KB", "34 MB". Units of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return plural(bytes, 'byte')
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value < 9.95 ? Number(value.toFixed(1)) : counts.format(Math.round(value))} ${units[unit]}`
}

/** MiB in words: 512 → "512 MB", 15884 → "16 GB", 1536 → "1.5 GB". */
export function formatMemory(mib: number): string {
  if (mib < 1024) return `${mib > 0 && mib < 1 ? 'less than 1' : Math.round(mib)} MB`
  const gib = mib / 1024
  return `${gib < 9.95 ? Number(gib.toFixed(1)) : counts.format(Math.round(gib))} GB`
}

/** Milliseconds in words: "0.8 s", "12 s", "2 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 50) return 'less than 0.1 s'
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/** "12 November", with the year when it is not this one. Empty or broken dates read "an unknown day". */
export function formatDate(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return 'an unknown day'
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  }).format(date)
}

/** "Today", "Yesterday", "Monday 9 November". */
export function formatDay(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const daysAgo = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000)
  if (daysAgo === 0) return 'Today'
  if (daysAgo === 1) return 'Yesterday'
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(date)
  return `${weekday} ${formatDate(iso, now)}`
}

/** "14:05" */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso))
}

/** "12 November 2026 at 14:05", the exact moment for those who want it. */
export function formatMoment(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return 'an unknown time'
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(date)
  return `${day} at ${formatTime(iso)}`
}

/** "just now", "5 minutes ago", "today at 14:05", "yesterday", "on 9 November". */
export function formatAgo(iso: string, now: Date = new Date()): string {
  const minutes = Math.floor((now.getTime() - new Date(iso).getTime()) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${plural(minutes, 'minute')} ago`
  const day = formatDay(iso, now)
  if (day === 'Today') return `today at ${formatTime(iso)}`
  return day === 'Yesterday' ? 'yesterday' : `on ${formatDate(iso, now)}`
}

/** A moment to come: "today at 14:05", "tomorrow at 14:05", "29 November". */
export function formatUntil(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const daysAhead = Math.round((startOfDay(date) - startOfDay(now)) / 86_400_000)
  if (daysAhead === 0) return `today at ${formatTime(iso)}`
  return daysAhead === 1 ? `tomorrow at ${formatTime(iso)}` : formatDate(iso, now)
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
export function joinList(words: readonly string[], last = 'and'): string {
  if (words.length <= 1) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
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
