import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { fold } from '../prose/fold.ts'
import type { SkillMarkdown } from '../skill-md.ts'
import type { RuleFinding } from './rule.ts'

/** Companies whose name makes people trust a skill. */
const brand =
  '(anthropic|claude|openai|chatgpt|google|gemini|microsoft|apple|amazon|aws|github|gitlab|meta|facebook|stripe|paypal|slack|notion|figma|cloudflare|vercel|docker|hashicorp|mozilla|nvidia|atlassian|salesforce|adobe|coinbase|binance|metamask|telegram|discord|skillet)'
const claims = new RegExp(
  String.raw`\b(?:official|authori[sz]ed|certified|verified|endorsed|approved|genuine|recommended)\b[^.]{0,40}?\b${brand}\b|\b${brand}(?:'s)? (?:official|verified|certified)\b|\b(?:made|published|provided|maintained|built|developed|released|brought to you) by (?:the )?${brand}\b|©\s*(?:\d{4}\s*)?${brand}\b`,
)

/**
 * What a skill calls itself, held against what others are called: a name that is mistaken for a known one, and a
 * publisher who claims to be somebody else. `knownSlugs` are those of other publishers.
 */
export function findBorrowedNames(
  manifest: SkillManifest | null,
  markdown: SkillMarkdown | null,
  knownSlugs: readonly string[],
): RuleFinding[] {
  const findings: RuleFinding[] = []
  const name = manifest?.slug ?? markdown?.name ?? null
  const file = manifest === null ? 'SKILL.md' : 'skill.toml'
  const like = name === null || knownSlugs.includes(name) ? null : lookalikeOf(name, knownSlugs)
  if (name !== null && like !== null)
    findings.push({
      rule: 'manifest/lookalike-name',
      severity: like.likeness === 'same' ? 'high' : 'medium',
      file,
      line: null,
      message: `The name ${name} is easily mistaken for ${like.slug}.`,
      evidence: `${name} / ${like.slug}`,
    })
  for (const text of [markdown?.description, manifest?.title, manifest?.summary]) {
    const claim = claims.exec(fold(text ?? ''))
    const company = claim?.slice(1).find((part) => part !== undefined)
    if (claim === null || company === undefined || manifest?.publisher.includes(company) === true) continue
    findings.push({
      rule: 'manifest/impersonation',
      severity: manifest === null ? 'medium' : 'high',
      file: text === markdown?.description ? 'SKILL.md' : 'skill.toml',
      line: null,
      message:
        manifest === null
          ? `This claims to come from ${company}, which nothing here proves.`
          : `This claims to come from ${company}, but its publisher is ${manifest.publisher}.`,
      evidence: text ?? '',
    })
    break
  }
  return findings
}

/** `same`: read as the same name. `near`: one slip of the finger, a plural or a number apart, or two slips in a long name. */
function lookalikeOf(
  name: string,
  known: readonly string[],
): { slug: string; likeness: 'same' | 'near' } | null {
  let near: string | null = null
  const [shape, words] = [shapeOf(name), wordsOf(name)]
  for (const slug of known) {
    if (Math.abs(slug.length - name.length) > 2) continue
    if (shapeOf(slug) === shape || (words.includes(' ') && wordsOf(slug) === words))
      return { slug, likeness: 'same' }
    const limit = name.length >= 12 ? 2 : name.length >= 5 ? 1 : 0
    const distance = editDistance(name, slug, limit)
    if (distance > limit) continue
    if (distance === 1 && !differsByEnding(name, slug)) return { slug, likeness: 'same' }
    near ??= slug
  }
  return near === null ? null : { slug: near, likeness: 'near' }
}

/** A name without what the eye passes over: hyphens, and letters that look like one another. */
function shapeOf(name: string): string {
  return name
    .replace(/-/g, '')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/cl/g, 'd')
    .replace(/[0o]/g, 'o')
    .replace(/[1il]/g, 'l')
    .replace(/5/g, 's')
}

function wordsOf(name: string): string {
  return name.split('-').sort().join(' ')
}

/** One is the plural of the other, or another number of a series. */
function differsByEnding(a: string, b: string): boolean {
  return `${a}s` === b || `${b}s` === a || a.replace(/\d+/g, '') === b.replace(/\d+/g, '')
}

/** Insertions, deletions, substitutions and swaps of neighbours between two names (optimal string alignment); `limit + 1` for more. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_value, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    if (Math.min(...row) > limit) return limit + 1
    before = previous
    previous = row
  }
  return previous[b.length] ?? limit + 1
}
