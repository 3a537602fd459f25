/**
 * The checks of `npm test`, in order. `needs` names a check whose failure makes this one pointless.
 *
 * @type {ReadonlyArray<{ name: string, title: string, needs?: string }>}
 */
export const testPlan = [
  { name: 'build', title: 'Building' },
  { name: 'types', title: 'Checking types' },
  { name: 'lint', title: 'Linting' },
  { name: 'format', title: 'Checking the formatting' },
  { name: 'knip', title: 'Looking for unused code' },
  { name: 'unit', title: 'Unit tests' },
  { name: 'unit-node-24', title: 'Unit tests under Node 24' },
  { name: 'renderer', title: 'Renderer tests' },
  { name: 'durability', title: 'Kills, faults and registries', needs: 'build' },
  { name: 'integration', title: 'Integration tests', needs: 'build' },
  { name: 'e2e', title: 'End-to-end tests', needs: 'build' },
]

/**
 * The checks that `--only NAME,NAME` asks for, with what they need; without it all of them.
 *
 * @param {readonly string[]} args of the command
 * @returns {string[]}
 * @throws {RangeError} for a name that is no check
 */
export function selectChecks(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='))
  const names = testPlan.map(({ name }) => name)
  if (at < 0) return names
  const value = args[at]?.startsWith('--only=') ? args[at].slice('--only='.length) : (args[at + 1] ?? '')
  const asked = value.split(',').filter(Boolean)
  const unknown = asked.filter((name) => !names.includes(name))
  if (asked.length === 0 || unknown.length > 0) {
    throw new RangeError(
      `--only takes some of ${names.join(', ')}; it was given ${unknown.join(', ') || 'nothing'}.`,
    )
  }
  return testPlan
    .filter(
      ({ name }) =>
        asked.includes(name) || testPlan.some((check) => check.needs === name && asked.includes(check.name)),
    )
    .map(({ name }) => name)
}
