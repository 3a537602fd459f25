import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mergeGpus, probeHardware } from '../../../../src/engine/probe/probe.ts'
import { linuxSystem, parseOsRelease } from '../../../../src/engine/probe/system-linux.ts'
import { isSaturated } from '../../../../src/engine/probe/system-other.ts'
import { vendorOfName } from '../../../../src/engine/probe/vendors.ts'
import { hardwareSchema } from '../../../../src/shared/hardware.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'skillet-probe-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const fails = () => Promise.reject(new Error('broken driver'))
const hangs = () => new Promise<never>(() => {})

describe('probeHardware', () => {
  it.each([
    ['fails', fails],
    ['hangs', hangs],
  ])('never crashes: every question that %s is answered with unknown', async (_, question) => {
    const hardware = await probeHardware(
      { home: root, programs: ['python3'] },
      { system: { osName: question, gpus: question }, nvidia: question, find: question, timeoutMs: 50 },
    )
    expect(hardwareSchema.parse(hardware)).toEqual(hardware)
    expect(hardware).toMatchObject({ osName: 'unknown', gpus: [], cuda: null, executables: {} })
    expect(hardware.memoryMb).toBeGreaterThan(0)
  })

  it('takes the driver’s word for NVIDIA cards, and the system’s for others', () => {
    const seen = { name: 'NVIDIA graphics', vendor: 'nvidia' as const, vramMb: null }
    const told = { name: 'RTX', vendor: 'nvidia' as const, vramMb: 8192 }
    const other = { name: 'AMD graphics', vendor: 'amd' as const, vramMb: 512 }
    expect(mergeGpus([seen, other], [told])).toEqual([told, other])
    expect(mergeGpus([seen, other], [])).toEqual([seen, other])
  })
})

describe('Linux', () => {
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }

  it('reads the name of the distribution', async () => {
    expect(parseOsRelease('NAME=x\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n')).toBe('Ubuntu 24.04.1 LTS')
    expect(parseOsRelease('PRETTY_NAME=Plain\n')).toBe('Plain')
    expect(parseOsRelease('')).toBeNull()
    await put('usr/lib/os-release', "PRETTY_NAME='Fallback'\n")
    expect(await linuxSystem(root).osName()).toBe('Fallback')
  })

  it('reads every graphics card, and memory only where the kernel tells', async () => {
    const device = 'sys/bus/pci/devices'
    await put(`${device}/0000:00:1f.0/class`, '0x060100\n')
    await put(`${device}/0000:01:00.0/class`, '0x030000\n')
    await put(`${device}/0000:01:00.0/vendor`, '0x1002\n')
    await put(`${device}/0000:01:00.0/mem_info_vram_total`, '17163091968\n')
    await put(`${device}/0000:01:00.0/product_name`, 'Radeon RX 7800 XT\n')
    await put(`${device}/0000:02:00.0/class`, '0x030200\n')
    await put(`${device}/0000:02:00.0/vendor`, '0x10de\n')
    expect(await linuxSystem(root).gpus()).toEqual([
      { name: 'Radeon RX 7800 XT', vendor: 'amd', vramMb: 16368 },
      { name: 'NVIDIA graphics', vendor: 'nvidia', vramMb: null },
    ])
  })
})

describe('other systems', () => {
  it('knows vendors by their names', () => {
    const names = ['NVIDIA', 'Advanced Micro Devices, Inc.', 'Intel Corporation', 'Apple (0x106b)', 'Matrox']
    expect(names.map(vendorOfName)).toEqual(['nvidia', 'amd', 'intel', 'apple', 'other'])
  })
  it('does not believe the 4 GB that Windows reports for every larger card', () => {
    expect(isSaturated('win32', 4095)).toBe(true)
    expect(isSaturated('win32', 2048)).toBe(false)
    expect(isSaturated('darwin', 4096)).toBe(false)
  })
})
