import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  parseCudaVersion,
  parseGpuQuery,
  parseMigSlices,
  withMigSlices,
} from '../../../../src/engine/probe/nvidia.ts'

const banner = (name: string) => readFileSync(`test/fixtures/nvidia-smi/${name}.txt`, 'utf8')
const card = (name: string, vramMb: number | null) => ({ name, vendor: 'nvidia', vramMb })

describe('the list of cards', () => {
  it('reads one, several, and cards whose memory is not told', () => {
    expect(parseGpuQuery('NVIDIA GeForce RTX 3060, 12288\n')).toEqual([
      card('NVIDIA GeForce RTX 3060', 12288),
    ])
    expect(parseGpuQuery('NVIDIA H100 80GB HBM3, 81559\r\nTesla T4, 15360\r\n')).toEqual([
      card('NVIDIA H100 80GB HBM3', 81559),
      card('Tesla T4', 15360),
    ])
    expect(parseGpuQuery('NVIDIA GB10, [N/A]\nA, [Insufficient Permissions]\nB, [Not Supported]\n')).toEqual([
      card('NVIDIA GB10', null),
      card('A', null),
      card('B', null),
    ])
  })
  it('reads no card from anything else', () => {
    for (const text of [
      '',
      'No devices were found\n',
      banner('failed'),
      'Field "x" is not a valid field to query.',
    ])
      expect(parseGpuQuery(text)).toEqual([])
  })
})

describe('the banner', () => {
  it.each([
    ['one', '12.4'],
    ['umd', '13.3'],
    ['mig', '12.4'],
    ['failed', null],
  ])('%s: CUDA %s', (name, version) => {
    expect(parseCudaVersion(banner(name))).toBe(version)
  })
  it('knows a driver without CUDA', () => {
    expect(
      parseCudaVersion('| NVIDIA-SMI 550.90.07   Driver Version: 550.90.07   CUDA Version: N/A |'),
    ).toBeNull()
  })

  it('counts the slices of a divided card, since no program gets the whole', () => {
    const cards = parseGpuQuery('NVIDIA A100-SXM4-40GB, 40960\nNVIDIA A100-SXM4-40GB, 40960\n')
    expect(parseMigSlices(banner('one'))).toBeNull()
    expect(withMigSlices(cards, parseMigSlices(banner('one')))).toEqual(cards)
    expect(withMigSlices(cards, parseMigSlices(banner('mig')))).toEqual([
      card('NVIDIA A100-SXM4-40GB (slice)', 19968),
      card('NVIDIA A100-SXM4-40GB (slice)', 9856),
      card('NVIDIA A100-SXM4-40GB', 40960),
    ])
    const none = '| MIG devices: |\n|  No MIG devices found |\n'
    expect(withMigSlices(cards.slice(0, 1), parseMigSlices(none))).toEqual([
      card('NVIDIA A100-SXM4-40GB', null),
    ])
  })
})
