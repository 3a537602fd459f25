import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'

/** The registry's web console, built beside this bundle: `out/console` next to `out/cli`. */
export function consoleFolder(): string {
  return join(__dirname, '..', 'console')
}

/** Throws NOT_FOUND in the desktop app, which comes without the registry's server. */
export function assertServerHere(): void {
  if (existsSync(consoleFolder())) return
  throw new SkilletError('NOT_FOUND', "The registry's server is not part of the desktop app.", {
    remedy: 'Start it from a checkout of Skillet, as docs/registry.md says.',
  })
}
