import type { Hardware } from '../../shared/hardware.ts'

/** What differs between platforms. Each may throw; the probe then says "unknown". */
export interface System {
  /** The name that people know it by: "Debian GNU/Linux 12 (bookworm)". */
  osName(): Promise<string>
  /** Graphics cards, NVIDIA's included; NVIDIA's own driver knows those better. */
  gpus(): Promise<Hardware['gpus']>
}
