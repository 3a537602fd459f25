export const osWords = { linux: 'Linux', macos: 'macOS', windows: 'Windows' } as const
export const archWords = { x64: '64-bit Intel or AMD', arm64: '64-bit ARM' } as const

/** "a", "a or b", "a, b or c" */
export function orWords(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** MiB in words: "300 MB", "12 GB", "1.5 GB". What was found is rounded down, so that it never looks like enough. */
export function sizeWords(sizeMb: number, rounding: 'nearest' | 'down' = 'nearest'): string {
  if (sizeMb < 1024) return `${sizeMb} MB`
  const tenths = (sizeMb / 1024) * 10
  return `${(rounding === 'down' ? Math.floor(tenths) : Math.round(tenths)) / 10} GB`
}

/** A version range in words where it is a plain minimum; otherwise as it was written. */
export function cudaWords(range: string): string {
  const minimum = /^\s*>=\s*(\d+(?:\.\d+){0,2})\s*$/.exec(range)?.[1]
  return minimum === undefined ? `CUDA ${range.trim()}` : `CUDA ${minimum} or newer`
}
