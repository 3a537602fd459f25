import type { Finding } from '../../../shared/finding.ts'
import { tangledText } from '../texts.ts'
import type { Expr } from '../program.ts'
import type { Site } from './site.ts'

/** Says where nobody could work out what is run, written or deleted; `severity` is how bad it is that it could be anything. */
export function judgeTangled(
  exprs: readonly Expr[],
  severity: Finding['severity'],
  { say, textsOf }: Site,
): void {
  const parts = exprs.flatMap((expr) => (expr.kind === 'list' ? expr.parts : [expr]))
  if (parts.some((part) => textsOf(part).some((text) => text.includes(tangledText))))
    say(
      'too-complex',
      severity,
      'This is put together in so many ways, or of so much, that nobody can tell what it comes to.',
    )
}
