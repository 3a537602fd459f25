import { linuxSystem } from './system-linux.ts'
import { otherSystem } from './system-other.ts'
import type { System } from './system.ts'

/** The one place where the platform is chosen. */
export function systemOf(platform: NodeJS.Platform): System {
  return platform === 'linux' ? linuxSystem() : otherSystem(platform)
}
