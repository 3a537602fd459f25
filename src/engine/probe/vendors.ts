import type { Hardware } from '../../shared/hardware.ts'

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
