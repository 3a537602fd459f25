import { join } from 'node:path'

/** The registry's web console, built beside this bundle: `out/console` next to `out/cli`. */
export function consoleFolder(): string {
  return join(__dirname, '..', 'console')
}
