import type { System } from './system.ts'
import { vendorOfName } from './vendors.ts'

/** Loaded when it is asked: half of the engine's code would be this. */
const information = () => import('systeminformation')

/** macOS and Windows, through systeminformation. */
export function otherSystem(platform: NodeJS.Platform): System {
  return {
    async osName() {
      const { distro, release } = await (await information()).osInfo()
      return [distro, release].filter(Boolean).join(' ')
    },

    async gpus() {
      const { controllers } = await (await information()).graphics()
      return controllers.map(({ vendor, model, vram, vramDynamic }) => ({
        name: model || vendor || 'Unknown graphics',
        vendor: vendorOfName(`${vendor} ${model}`),
        vramMb: vramDynamic || !vram || isSaturated(platform, vram) ? null : vram,
      }))
    },
  }
}

/** Windows counts `AdapterRAM` in 32 bits, so a card with more shows up with just under 4 GiB. */
export function isSaturated(platform: NodeJS.Platform, vramMb: number): boolean {
  return platform === 'win32' && vramMb >= 4095 && vramMb <= 4096
}
