import { describe, expect, it } from 'vitest'
import { matchRequirements } from '../../../../src/engine/probe/match.ts'
import { runsAnywhere } from '../../../../src/engine/probe/runs-anywhere.ts'
import type { Hardware } from '../../../../src/shared/hardware.ts'
import { requiresSchema } from '../../../../src/shared/skill-manifest.ts'

const hardware: Hardware = {
  os: 'linux',
  osName: 'Debian GNU/Linux 12 (bookworm)',
  arch: 'x64',
  cpu: 'Sample',
  cores: 8,
  memoryMb: 16_000,
  diskFreeMb: 5_000,
  gpus: [],
  cuda: null,
  executables: { python3: '/usr/bin/python3.11' },
}
const nvidia = (vramMb: number | null) => ({ name: 'RTX', vendor: 'nvidia' as const, vramMb })
const amd = (vramMb: number | null) => ({ name: 'Radeon', vendor: 'amd' as const, vramMb })
const fit = (requires: Record<string, unknown>, parts: Partial<Hardware> = {}) =>
  matchRequirements(requiresSchema.parse(requires), { ...hardware, ...parts })

describe('matchRequirements', () => {
  it('asks nothing of a computer when the skill requires nothing', () => {
    expect(fit({})).toEqual({ ok: true, short: null, lines: [] })
  })

  it.each([
    [{}, true],
    [{ os: ['linux'] }, false],
    [{ arch: ['x64'] }, false],
    [{ memory_mb: 1 }, false],
    [{ disk_mb: 1 }, false],
    [{ vram_mb: 1 }, false],
    [{ cuda: '>=12' }, false],
    [{ executables: ['sh'] }, false],
  ])('%j runs anywhere: %s', (requires, expected) => {
    expect(runsAnywhere(requiresSchema.parse(requires))).toBe(expected)
  })

  it('says what is met, both sides in words', () => {
    const { ok, lines } = fit({
      os: ['linux', 'macos'],
      arch: ['x64'],
      memory_mb: 8192,
      disk_mb: 500,
      executables: ['python3'],
    })
    expect(ok).toBe(true)
    expect(lines.map(({ required, found }) => `${required} | ${found}`)).toEqual([
      'Linux or macOS | Debian GNU/Linux 12 (bookworm)',
      '64-bit Intel or AMD | 64-bit Intel or AMD',
      '8 GB of memory | 15.6 GB',
      '500 MB of free disk space | 4.8 GB free',
      'python3 | /usr/bin/python3.11',
    ])
  })

  const refused: [Record<string, unknown>, Partial<Hardware>, string, string][] = [
    [{ os: ['macos', 'windows'] }, {}, 'Needs macOS or Windows', 'Debian GNU/Linux 12 (bookworm)'],
    [{ os: ['linux'] }, { os: 'other', osName: 'unknown' }, 'Needs Linux', 'unknown'],
    [{ arch: ['arm64'] }, {}, 'Needs a processor of the kind 64-bit ARM', '64-bit Intel or AMD'],
    [{ memory_mb: 32_768 }, {}, 'Needs 32 GB of memory', '15.6 GB'],
    [{ disk_mb: 5_001 }, {}, 'Needs 4.9 GB of free disk space', '4.8 GB free'],
    [{ executables: ['pandoc'] }, {}, 'Needs the program pandoc', 'not found'],
    [{ executables: ['constructor'] }, {}, 'Needs the program constructor', 'not found'],
    [{ vram_mb: 12_288 }, {}, 'Needs 12 GB of graphics memory', 'none found'],
    [{ vram_mb: 12_288 }, { gpus: [nvidia(8192)] }, 'Needs 12 GB of graphics memory', '8 GB (RTX)'],
    [
      { vram_mb: 12_288 },
      { gpus: [nvidia(8192), nvidia(8192)] },
      'Needs 12 GB of graphics memory',
      '8 GB (RTX)',
    ],
    [{ vram_mb: 12_288 }, { gpus: [nvidia(null)] }, 'Needs 12 GB of graphics memory', 'unknown (RTX)'],
    [
      { vram_mb: 12_288, cuda: '>=12' },
      { gpus: [amd(16_384)], cuda: '12.4' },
      'Needs 12 GB of NVIDIA graphics memory',
      'none found',
    ],
    [{ cuda: '>=12.2' }, {}, 'Needs an NVIDIA graphics card with CUDA 12.2 or newer', 'none found'],
    [
      { cuda: '>=12.2' },
      { gpus: [nvidia(8192)], cuda: '12.1' },
      'Needs an NVIDIA graphics card with CUDA 12.2 or newer',
      'CUDA 12.1',
    ],
    [
      { cuda: '>=12.2' },
      { gpus: [nvidia(8192)] },
      'Needs an NVIDIA graphics card with CUDA 12.2 or newer',
      'unknown (no working driver for RTX)',
    ],
    [
      { cuda: '>=12.2 <13' },
      { cuda: '13.0' },
      'Needs an NVIDIA graphics card with CUDA >=12.2 <13',
      'CUDA 13.0',
    ],
    [{ cuda: '>=-' }, { cuda: '13.0' }, 'Needs an NVIDIA graphics card with CUDA >=-', 'CUDA 13.0'],
  ]
  it.each(refused)('refuses %j on %j', (requires, parts, short, found) => {
    const result = fit(requires, parts)
    expect(result).toMatchObject({ ok: false, short })
    expect(result.lines.find((line) => !line.ok)?.found).toBe(found)
  })

  it('goes by the largest single card, and by what a card is sold as', () => {
    expect(fit({ vram_mb: 12_288 }, { gpus: [amd(null), nvidia(4096), amd(12_288)] }).ok).toBe(true)
    expect(fit({ vram_mb: 24_576 }, { gpus: [nvidia(24_564)] }).ok).toBe(true)
    expect(fit({ vram_mb: 81_920 }, { gpus: [nvidia(81_559)] }).ok).toBe(true)
    expect(fit({ vram_mb: 24_576 }, { gpus: [nvidia(23_028)] }).ok).toBe(false)
  })

  it('compares CUDA versions as versions', () => {
    expect(fit({ cuda: '>=12.2' }, { cuda: '12.10' }).ok).toBe(true)
    expect(fit({ cuda: '>=9.2' }, { cuda: '12.4' }).ok).toBe(true)
  })
})
