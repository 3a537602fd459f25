const usualLongestSeconds = 300

/**
 * Milliseconds between two looks at what may have changed elsewhere, from `SKILLET_LOOK_EVERY_S`: whole seconds, at least
 * one. Whoever sets it can have Skillet look more often, never less: a withdrawal, or a policy, must not be put off.
 */
export function lookEveryMs(
  env: Record<string, string | undefined>,
  longestSeconds = usualLongestSeconds,
): number {
  const asked = /^[1-9]\d{0,2}$/.test(env['SKILLET_LOOK_EVERY_S'] ?? '')
    ? Number(env['SKILLET_LOOK_EVERY_S'])
    : longestSeconds
  return Math.min(asked, longestSeconds) * 1000
}
