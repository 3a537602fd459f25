/**
 * What `npm test` does, stage by stage; the checks of a stage run side by side. `needs` names a check of an earlier
 * stage whose failure makes this one pointless.
 *
 * @type {ReadonlyArray<{ title: string, checks: ReadonlyArray<{ name: string, needs?: string }> }>}
 */
export const testPlan = [
  { title: 'Building', checks: [{ name: 'build' }] },
  {
    title: 'Checking types, rules, formatting and unused code',
    checks: [{ name: 'types' }, { name: 'lint' }, { name: 'format' }, { name: 'knip' }],
  },
  { title: 'Unit tests', checks: [{ name: 'unit' }] },
  { title: 'Kills, faults and registries', checks: [{ name: 'durability', needs: 'build' }] },
  {
    // The first run one by one, so they leave a processor to the others.
    title: 'Integration tests, and beside them packages, renderer tests, and unit tests under Node 24',
    checks: [
      { name: 'integration', needs: 'build' },
      { name: 'dist', needs: 'build' },
      { name: 'renderer' },
      { name: 'unit-node-24' },
    ],
  },
  { title: 'End-to-end tests', checks: [{ name: 'e2e', needs: 'build' }] },
]

/** What comes after these, as root where that can be had: the packages are installed, tried and removed. */
export const installedTitle = 'Installing packages, using and removing them'

const allChecks = testPlan.flatMap(({ checks }) => checks)

/**
 * The stages that hold checks of these names, with only those.
 *
 * @param {readonly string[]} names
 */
export const stagesOf = (names) =>
  testPlan
    .map(({ title, checks }) => ({ title, checks: checks.filter(({ name }) => names.includes(name)) }))
    .filter(({ checks }) => checks.length > 0)

/**
 * The checks that `--only NAME,NAME` asks for, with what they need; without it all of them.
 *
 * @param {readonly string[]} args of the command
 * @returns {string[]}
 * @throws {RangeError} for a name that is no check
 */
export function selectChecks(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='))
  const names = allChecks.map(({ name }) => name)
  if (at < 0) return names
  const value = args[at]?.startsWith('--only=') ? args[at].slice('--only='.length) : (args[at + 1] ?? '')
  const asked = value.split(',').filter(Boolean)
  const unknown = asked.filter((name) => !names.includes(name))
  if (asked.length === 0 || unknown.length > 0) {
    throw new RangeError(
      `--only takes some of ${names.join(', ')}; it was given ${unknown.join(', ') || 'nothing'}.`,
    )
  }
  return allChecks
    .filter(
      ({ name }) =>
        asked.includes(name) || allChecks.some((check) => check.needs === name && asked.includes(check.name)),
    )
    .map(({ name }) => name)
}
