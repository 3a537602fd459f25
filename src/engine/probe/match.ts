import semver from 'semver'
import type { Fit } from '../../shared/contract/skills.ts'
import type { Hardware, RequirementLine } from '../../shared/hardware.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { archWords, cudaWords, osWords, orWords, sizeWords } from './words.ts'

type Requires = SkillManifest['requires']
type Checked = RequirementLine & { short: string }

/**
 * Drivers report slightly less than what a card is sold as (24,564 MiB for "24 GB", 81,559 for "80 GB"), so a card
 * may fall short by one part in a hundred.
 */
const vramTolerance = 0.01

/**
 * Holds a skill's requirements against this computer: one line for each that the skill has, both sides in words.
 * Graphics memory is that of one card, never the sum; what is unknown is not met.
 */
export function matchRequirements(requires: Requires, hardware: Hardware): Fit {
  const lines = [
    ...osLine(requires, hardware),
    ...archLine(requires, hardware),
    ...graphicsLine(requires, hardware),
    ...cudaLine(requires, hardware),
    ...memoryLine(requires, hardware),
    ...diskLine(requires, hardware),
    ...programLines(requires, hardware),
  ]
  return {
    ok: lines.every((line) => line.ok),
    short: lines.find((line) => !line.ok)?.short ?? null,
    lines: lines.map(({ label, required, found, ok }) => ({ label, required, found, ok })),
  }
}

function osLine({ os }: Requires, hardware: Hardware): Checked[] {
  if (os.length === 0) return []
  const required = orWords(os.map((name) => osWords[name]))
  const ok = (os as string[]).includes(hardware.os)
  return [{ label: 'System', required, found: hardware.osName, ok, short: `Needs ${required}` }]
}

function archLine({ arch }: Requires, hardware: Hardware): Checked[] {
  if (arch.length === 0) return []
  const required = orWords(arch.map((name) => archWords[name]))
  const ok = (arch as string[]).includes(hardware.arch)
  const found = hardware.arch === 'other' ? 'another kind' : archWords[hardware.arch]
  return [{ label: 'Processor', required, found, ok, short: `Needs a processor of the kind ${required}` }]
}

function graphicsLine({ vram_mb, cuda }: Requires, hardware: Hardware): Checked[] {
  if (vram_mb === 0) return []
  const size = sizeWords(vram_mb)
  const required = cuda === undefined ? `${size} of graphics memory` : `${size} of NVIDIA graphics memory`
  const cards = hardware.gpus.filter((gpu) => cuda === undefined || gpu.vendor === 'nvidia')
  const known = cards.filter((gpu) => gpu.vramMb !== null)
  const best = known.reduce<Hardware['gpus'][number] | null>(
    (most, gpu) => (most === null || (gpu.vramMb ?? 0) > (most.vramMb ?? 0) ? gpu : most),
    null,
  )
  const ok = (best?.vramMb ?? 0) >= vram_mb * (1 - vramTolerance)
  const unknown = cards.find((gpu) => gpu.vramMb === null)
  const found =
    !ok && unknown
      ? `unknown (${unknown.name})`
      : best === null
        ? 'none found'
        : `${sizeWords(best.vramMb ?? 0, 'down')} (${best.name})`
  return [{ label: 'Graphics memory', required, found, ok, short: `Needs ${required}` }]
}

function cudaLine({ cuda }: Requires, hardware: Hardware): Checked[] {
  if (cuda === undefined) return []
  const version = semver.coerce(hardware.cuda)
  const ok = version !== null && semver.validRange(cuda) !== null && semver.satisfies(version, cuda)
  const required = cudaWords(cuda)
  const card = hardware.gpus.find((gpu) => gpu.vendor === 'nvidia')
  const found =
    hardware.cuda !== null
      ? `CUDA ${hardware.cuda}`
      : card
        ? `unknown (no working driver for ${card.name})`
        : 'none found'
  return [{ label: 'CUDA', required, found, ok, short: `Needs an NVIDIA graphics card with ${required}` }]
}

function memoryLine({ memory_mb }: Requires, { memoryMb }: Hardware): Checked[] {
  if (memory_mb === 0) return []
  const required = `${sizeWords(memory_mb)} of memory`
  return [
    {
      label: 'Memory',
      required,
      found: memoryMb > 0 ? sizeWords(memoryMb, 'down') : 'unknown',
      ok: memoryMb >= memory_mb,
      short: `Needs ${required}`,
    },
  ]
}

function diskLine({ disk_mb }: Requires, { diskFreeMb }: Hardware): Checked[] {
  if (disk_mb === 0) return []
  const required = `${sizeWords(disk_mb)} of free disk space`
  return [
    {
      label: 'Disk space',
      required,
      found: `${sizeWords(diskFreeMb, 'down')} free`,
      ok: diskFreeMb >= disk_mb,
      short: `Needs ${required}`,
    },
  ]
}

function programLines({ executables }: Requires, hardware: Hardware): Checked[] {
  return executables.map((name) => {
    const path = Object.hasOwn(hardware.executables, name) ? hardware.executables[name] : undefined
    return {
      label: 'Program',
      required: name,
      found: path ?? 'not found',
      ok: path !== undefined,
      short: `Needs the program ${name}`,
    }
  })
}
