import type { Finding } from '../../../shared/finding.ts'
import { lookUp, textOf } from '../names.ts'
import { placeOf } from '../places.ts'
import { partsOf, type Expr, type Unit } from '../program.ts'
import { limits, tangledText } from '../texts.ts'
import type { Site } from './site.ts'

/** What a piece must name for a command to do harm, in whichever way the pieces come together. */
const able =
  /\b(?:curl|wget|nc|ncat|netcat|socat|s?ftp|ssh|scp|telnet|openssl|base64|xxd|eval|exec|(?:ba|z|da|k)?sh|python\d?|perl|ruby|node|php|osascript|powershell|sudo|rm|shred|dd|mkfs|crontab)\b|\/dev\/(?:tcp|udp)/

/**
 * Says where nobody could work out what is run, written or deleted. `worst` is how bad it is where the pieces could do
 * harm, or where a piece is too long to be read; else a reviewer should look.
 */
export function judgeTangled(exprs: readonly Expr[], worst: Finding['severity'], site: Site): void {
  const { say, textsOf, unit } = site
  const parts = exprs.flatMap((expr) => (expr.kind === 'list' ? expr.parts : [expr]))
  const tangled = parts.filter((part) => textsOf(part).some((text) => text.includes(tangledText)))
  if (tangled.length === 0) return
  const pieces = new Set<string>()
  for (const part of tangled) collect(part, unit, pieces, new Set(), 0)
  const harmful = [...pieces].some(
    (text) => text.length > limits.length || able.test(text) || text.split(/\s+/).some(isPrivate),
  )
  say(
    'too-complex',
    harmful ? worst : 'medium',
    'This is put together in so many ways, or of so much, that nobody can tell what it comes to.',
  )
}

function isPrivate(word: string): boolean {
  return placeOf(word).some(({ read }) => read === 'high')
}

/** Every text that stands in an expression or in what its names stand for. */
function collect(expr: Expr, unit: Unit, pieces: Set<string>, seen: Set<Expr>, depth: number): void {
  if (seen.has(expr)) return
  seen.add(expr)
  // Deeper than the texts of names are worked out, nothing is known to be harmless.
  if (depth > limits.depth) pieces.add('eval')
  else if (expr.kind === 'text') pieces.add(expr.value)
  else if (expr.kind === 'within') collect(expr.of, expr.unit, pieces, seen, depth + 1)
  else {
    const origin = expr.kind === 'name' || expr.kind === 'member' ? lookUp(textOf(expr), unit) : null
    if (origin?.from === 'bind')
      for (const value of origin.values) collect(value, origin.unit, pieces, seen, depth + 1)
    for (const part of partsOf(expr)) collect(part, unit, pieces, seen, depth + 1)
  }
}
