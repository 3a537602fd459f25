import { t } from '../../../shared/i18n/t.ts'
import type { Doctor } from '../../../shared/contract/overview.ts'
import { formatMemory } from '../../ui/format.ts'

type Hardware = Doctor['hardware']

/** This computer in a few words: "16 GB memory, NVIDIA graphics with 12 GB". */
export function computerWords(hardware: Hardware): string {
  return t('{{memory}} memory, {{graphics}}', {
    memory: formatMemory(hardware.memoryMb),
    graphics: graphicsWords(hardware),
  })
}

/** Its graphics in words; NVIDIA first, because that is what skills ask for. */
export function graphicsWords({ gpus }: Pick<Hardware, 'gpus'>): string {
  const nvidia = gpus.find((gpu) => gpu.vendor === 'nvidia')
  if (nvidia === undefined) return t('no NVIDIA graphics')
  return nvidia.vramMb === null
    ? t('NVIDIA graphics')
    : t('NVIDIA graphics with {{memory}} memory', { memory: formatMemory(nvidia.vramMb) })
}
