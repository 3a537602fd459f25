import { join } from 'node:path'

/** The native sandbox launcher, built beside this bundle: `out/sandbox` next to `out/cli`. */
export function launcherPath(): string {
  return join(__dirname, '..', 'sandbox', 'skillet-launcher')
}
