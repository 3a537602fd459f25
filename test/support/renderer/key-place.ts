import type { KeyPlace } from '../../../src/shared/contract/keys.ts'

/** Where keys are kept: a keychain that works, unless it is said to be otherwise. */
export function keyPlaceOf(given: Partial<KeyPlace> = {}): KeyPlace {
  return {
    kind: 'keychain',
    name: 'Keychain',
    usable: true,
    locked: false,
    problem: null,
    fix: null,
    choices: [],
    keychain: { available: true, name: 'Keychain', problem: null, fix: null },
    canMoveToKeychain: false,
    damaged: [],
    ...given,
  }
}

/** A computer on which no keychain answers. */
export function noKeychain(problem: string, fix: string): KeyPlace {
  const keychain = { available: false, name: 'Keychain', problem, fix }
  return keyPlaceOf({ usable: false, problem, fix, choices: ['vault', 'session'], keychain })
}
