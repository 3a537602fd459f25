import type { InstallPlan } from '../shared/contract/install.ts'

/** What another version may do that this one may not, and the other way round. Empty where both ask for the same. */
export function changeLines(changes: NonNullable<InstallPlan['changes']>): string[] {
  return [
    ...changes.added.map((ask) => `  new       ${ask.title} [${ask.capability}]`),
    ...changes.changed.flatMap(({ before, after }) => [
      `  before    ${before.title}${scopeOf(before)} [${before.capability}]`,
      ...limitOf(before, after),
      `  after     ${after.title}${scopeOf(after)}`,
      ...limitOf(after, before),
    ]),
    ...changes.removed.map((ask) => `  no longer ${ask.title} [${ask.capability}]`),
  ]
}

function scopeOf(ask: { scope: readonly string[] }): string {
  return ask.scope.length === 0 ? '' : `: ${ask.scope.join(', ')}`
}

/** What ends it, where that is part of what changes. */
function limitOf(ask: { limit: string }, other: { limit: string }): string[] {
  return ask.limit === other.limit ? [] : [`            ${ask.limit}`]
}
