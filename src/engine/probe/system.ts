import type { Hardware } from '../../shared/hardware.ts'
import { linuxSystem } from './system-linux.ts'
import { otherSystem } from './system-other.ts'

/** What differs between platforms. Each may throw; the probe then says "unknown". */
export interface System {
  /** The name that people know it by: "Debian GNU/Linux 12 (bookworm)". */
  osName(): Promise<string>
  /** Graphics cards, NVIDIA's included; NVIDIA's own driver knows those better. */
  gpus(): Promise<Hardware['gpus']>
}

export function systemOf(platform: NodeJS.Platform): System {
  return platform === 'linux' ? linuxSystem() : otherSystem(platform)
}

const vendors: Record<string, Hardware['gpus'][number]['vendor']> = {
  '10de': 'nvidia',
  '1002': 'amd',
  '8086': 'intel',
  '106b': 'apple',
}

/** A PCI vendor number in four hexadecimal digits. */
export function vendorOfPci(id: string): Hardware['gpus'][number]['vendor'] {
  return vendors[id.toLowerCase()] ?? 'other'
}

/** A vendor as drivers spell it: "NVIDIA", "Advanced Micro Devices, Inc.", "Apple (0x106b)". */
export function vendorOfName(name: string): Hardware['gpus'][number]['vendor'] {
  if (/nvidia/i.test(name)) return 'nvidia'
  if (/\bamd\b|\bati\b|advanced micro devices|radeon/i.test(name)) return 'amd'
  if (/intel/i.test(name)) return 'intel'
  return /apple/i.test(name) ? 'apple' : 'other'
}
