/** Keys that can be replaced: `publish` signs releases, each other one a role of the TUF repository. */
export const rotatableRoles = [
  'publish',
  'timestamp',
  'snapshot',
  'registry',
  'releases',
  'targets',
  'root',
] as const
export type RotatableKey = (typeof rotatableRoles)[number]
