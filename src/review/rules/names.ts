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
      message: `The name ${name} is easily mistaken for ${like.slug}, which is another publisher's skill.`,
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

/**
 * `same`: read as the same name. `near`: a plural or a number apart, two slips of the finger in a long name, or one in a
 * short one, where chance makes such pairs.
 */
function lookalikeOf(
  name: string,
  known: readonly string[],
): { slug: string; likeness: 'same' | 'near' } | null {
  let near: string | null = null
  const [shape, words, letters] = [shapeOf(name), wordsOf(name), lettersOf(name)]
  for (const slug of known) {
    // A catalog has a hundred thousand names, and nearly all of them are made of other letters.
    if (Math.abs(slug.length - name.length) > 2 || differing(lettersOf(slug), letters) > mostDiffering)
      continue
    if (
      shapeOf(slug) === shape ||
      (words.includes(' ') && slug.length === name.length && wordsOf(slug) === words)
    )
      return { slug, likeness: 'same' }
    const limit = name.length >= 12 ? 2 : name.length >= 5 ? 1 : 0
    const distance = editDistance(name, slug, limit)
    if (distance > limit) continue
    if (distance === 1 && name.length >= 8 && !differsByEnding(name, slug)) return { slug, likeness: 'same' }
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

/** Letters that two names may not share and still be mistaken: two slips, or two of the pairs that look like one letter. */
const mostDiffering = 6
const bitOf = Uint32Array.from({ length: 128 }, (_bit, code) => {
  const letter = String.fromCharCode(code)
  const same = { '0': 'o', '1': 'l', i: 'l', '5': 's' }[letter] ?? letter
  return letter === '-' ? 0 : 1 << (same.charCodeAt(0) % 31)
})

/** Which letters a name is made of, one bit each; letters that look alike share one. */
function lettersOf(name: string): number {
  let letters = 0
  for (let at = 0; at < name.length; at++) letters |= bitOf[name.charCodeAt(at) & 127] ?? 0
  return letters
}

/** Bits in which two sets differ. */
function differing(a: number, b: number): number {
  let bits = a ^ b
  let count = 0
  while (bits !== 0) {
    bits &= bits - 1
    count += 1
  }
  return count
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
