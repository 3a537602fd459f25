import type { Obstacle } from './guided-fix.ts'

/**
 * Why skills don't run on this platform, naming the guarantees that are missing; null where sandboxes are tested.
 * What sandbox-runtime 0.0.78 gives on macOS and Windows was read from its documentation and source; see
 * docs/threat-model.md, "macOS and Windows".
 */
export function unprovedPlatform(platform: NodeJS.Platform): Obstacle | null {
  switch (platform) {
    case 'linux':
      return null
    case 'darwin':
      return refused(
        'macOS',
        'a list of the programs that a skill may start, an end to everything that it started, a limit on memory, and a look-up of names that tells nobody anything',
      )
    case 'win32':
      return refused(
        'Windows',
        'rules of its own for each run, a list of the programs that a skill may start, a limit on memory, and a look-up of names that tells nobody anything',
      )
    default:
      return refused('this system', 'a sandbox')
  }
}

function refused(name: string, missing: string): Obstacle {
  return {
    problem: `Skills don’t run on ${name} yet. What is missing there: ${missing}.`,
    fix: 'Run skills on Linux for now. Finding, checking and installing them works here.',
  }
}
