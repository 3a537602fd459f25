import type { RuleFinding, TextRule } from './rule.ts'

const overrides =
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|earlier|above|system|all)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|guidelines)\b/i
const secrecy =
  /\b(?:do not|don['’]t|never|without)\b[^.\n]{0,20}\b(?:tell|telling|inform|informing|mention|mentioning|reveal|notify|notifying|ask|asking)\b[^.\n]{0,25}\bthe (?:user|person|human)\b(?![^.\n]{0,20}\b(?:for|to|about|which|what|whether|twice|again|unless)\b)/i
const protections =
  /\b(?:disable|turn off|bypass|deactivate|switch off)\b[^.\n]{0,40}\b(?:sandbox|antivirus|gatekeeper|defender|firewall|approval|confirmation|permission)/i
const passwordArchive = /\b(?:zip|archive|rar|7z)\b[^.\n]{0,60}\bpassword\b[^.\n]{0,20}[:=`"']/i
const attribute = /\bxattr\s+-[a-z]*[cd][a-z]*\b|\bspctl\s+--master-disable\b|\bcsrutil\s+disable\b/i
const cautious =
  /\b(?:never|do not|don['’]t|must not|cannot|can['’]t)\s+(?:\w+\s+){0,2}(?:disable|turn off|bypass|deactivate|switch off)/i

/** Prose that turns an agent against the person it works for, or talks a person out of their protection. */
export const findInstructions: TextRule = (file) => {
  if (file.language !== 'markdown') return []
  const findings: RuleFinding[] = []
  for (const [index, line] of file.lines.entries()) {
    const add = (rule: string, severity: RuleFinding['severity'], message: string) =>
      findings.push({
        rule,
        severity,
        file: file.path,
        line: index + 1,
        message,
        fix: 'Remove this sentence.',
      })
    if (overrides.test(line))
      add('prose/overrides-instructions', 'high', 'This tells an agent to set its instructions aside.')
    if (secrecy.test(line))
      add('prose/hides-from-person', 'medium', 'This tells an agent to keep something from the person.')
    if ((protections.test(line) && !cautious.test(line)) || attribute.test(line))
      add('prose/weakens-protection', 'high', 'This asks to switch off a protection of the computer.')
    if (passwordArchive.test(line))
      add(
        'prose/locked-archive',
        'high',
        'This sends people to a locked archive, which no scanner can look into.',
      )
  }
  return findings
}
