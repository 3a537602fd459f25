import { join } from 'node:path'
import { onDisk } from '../shared/on-disk.ts'

/** The native sandbox launcher, built beside this bundle: `out/sandbox` next to `out/cli`. */
export function launcherPath(): string {
  return onDisk(join(__dirname, '..', 'sandbox', 'skillet-launcher'))
}
