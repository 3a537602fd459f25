import type { Hardware } from '../../shared/hardware.ts'

type Gpu = Hardware['gpus'][number]

/** What `nvidia-smi` is asked for; `parseGpuQuery` reads the answer. Sizes come in MiB. */
export const gpuQuery = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits']

/**
 * One line a graphics card: `NVIDIA GeForce RTX 3060, 12288`. Where the driver doesn't tell (`[N/A]`,
 * `[Insufficient Permissions]`) the memory is unknown. Any other text, an error message for one, holds no card.
 */
export function parseGpuQuery(output: string): Gpu[] {
  return output
    .split(/\r?\n/)
    .map((line) => /^\s*(?<name>[^,]+?)\s*,\s*(?:(?<size>\d+)|\[[^\]]*\]|N\/A)\s*$/.exec(line)?.groups)
    .filter((groups) => groups !== undefined)
    .map((groups) => ({
      name: groups['name'] ?? 'NVIDIA graphics',
      vendor: 'nvidia' as const,
      vramMb: groups['size'] === undefined ? null : Number(groups['size']),
    }))
}

/**
 * The CUDA version that the driver supports, from the banner that plain `nvidia-smi` prints. Drivers from 610 on say
 * `CUDA UMD Version` for what used to be `CUDA Version`. Null where there is none (`N/A`).
 */
export function parseCudaVersion(banner: string): string | null {
  return /CUDA (?:UMD )?Version:\s*(\d+\.\d+)/.exec(banner)?.[1] ?? null
}

/** A slice of a card that was divided (Multi-Instance GPU). `card` counts from 0. */
export interface MigSlice {
  card: number
  vramMb: number
}

/** Slices from the banner's second table; null where no card is divided, `[]` where one is but has no slices. */
export function parseMigSlices(banner: string): MigSlice[] | null {
  const table = banner.indexOf('MIG devices:')
  if (table === -1) return /No MIG devices found/i.test(banner) ? [] : null
  const end = banner.indexOf('Processes:', table)
  return banner
    .slice(table, end === -1 ? undefined : end)
    .split(/\r?\n/)
    .map((line) => /^\|\s+(\d+)\s+\d+\s+\d+\s+\d+\s+\|\s*\d+MiB\s*\/\s*(\d+)MiB/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ card: Number(match[1]), vramMb: Number(match[2]) }))
}

/**
 * A program can use one slice of a divided card and never the whole, so slices stand in for their card. Where cards
 * are divided but no slice exists, how much memory a program would get is unknown.
 */
export function withMigSlices(cards: readonly Gpu[], slices: readonly MigSlice[] | null): Gpu[] {
  if (slices === null) return [...cards]
  if (slices.length === 0) return cards.map((card) => ({ ...card, vramMb: null }))
  return cards.flatMap((card, index) => {
    const own = slices.filter((slice) => slice.card === index)
    if (own.length === 0) return [card]
    return own.map((slice) => ({ ...card, name: `${card.name} (slice)`, vramMb: slice.vramMb }))
  })
}
