import { createPatternSet } from '../patterns/pattern-set.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch, type Span } from './relations.ts'
import { isAsked } from './stance.ts'

const ofComputer: readonly RegExp[] = [
  /\b0\.0\.0\.0\/0\b[^\n]{0,12}\btrust\b|\bhost\s+all\s+all\s+\S{1,40}\s+trust\b|\bsignaturevalidationmode\b[^.]{0,20}\baccept\b|\bnode_tls_reject_unauthorized\W{1,4}0\b/,
  /\b(?:disable|turn(?:ing)? off|bypass|deactivate|switch(?:ing)? off|kill|stop|uninstall|pause|suspend|get around|evade|add an exclusion (?:to|in|for))\b[^.,;]{0,30}\b(?:antivirus|anti-virus|gatekeeper|(?:windows |microsoft )?defender|smartscreen|firewall|system integrity protection|\bsip\b|selinux|apparmor|real-?time protection|endpoint protection|\bedr\b|tamper protection|\buac\b|security software|malware protection|virus (?:scanner|protection)|xprotect)\b/,
  /\bxattr\s+-[a-z]*[cd][a-z]*\b|\bspctl\s+--(?:master|global)-disable\b|\bcsrutil\s+disable\b|\bset-mppreference\b[^\n]{0,80}\bdisable|\badd-mppreference\b[^\n]{0,60}-exclusion|\bsetenforce\s+0\b|\bufw\s+disable\b|\bsystemctl\s+(?:stop|disable)\s+(?:auditd|apparmor|ufw|firewalld|clamav\S{0,20}|falcon\S{0,20})\b|\bnetsh advfirewall set \w+ state off\b/,
  /\b(?:deaktivier(?:e|en)|schalte[n]?|desactiv[ae]\w{0,2}|désactive[zr]?|desative|devre dışı|disattiva\w{0,2}|wyłącz|отключи(?:те)?|关闭|禁用|停用)\s?[^.。]{0,40}(?:antivirus|virenschutz|defender|firewall|pare-feu|cortafuegos|антивирус|брандмауэр|杀毒|防火墙|安全软件|沙箱|沙盒)/u,
]
const ofAgent: readonly RegExp[] = [
  /\b(?:disable|turn(?:ing)? off|bypass|deactivate|switch(?:ing)? off|remove|circumvent|escape|get around|override|evade)\b(?:(?! with)[^.,;]){0,20}\b(?:the |its |your |any |all )?(?:sandbox(?:ing)?|permission (?:checks?|prompts?|system|dialogs?)|approval (?:checks?|prompts?|gates?|dialogs?)|safety (?:checks?|filters?|guards?|guardrails?|measures?|rules?|features?|settings?|mechanisms?|protocols?)|guardrails|security (?:checks?|prompts?|controls?|restrictions?|policy|policies|warnings?|scans?|scanners?)|content (?:filters?|policy)|tool restrictions)\b/,
  /--dangerously-skip-permissions\b|--dangerously-bypass-approvals-and-sandbox\b|--yolo\b|\bbypasspermissions\b|"?skip_?permissions"?\s*[:=]\s*true|\bauto[- ]?approve (?:all|every|everything|any)\b|"allow"\s*:\s*\[\s*"(?:bash\(\*\)|\*)"/,
]

const patterns = createPatternSet([...ofComputer, ...ofAgent])

/** Protections that a text asks to do without. */
export function findWeakening(passage: Passage): RuleFinding[] {
  const possible = patterns.possible(passage.plain)
  if (possible.length === 0) return []
  const computer = firstMatch(passage, ofComputer, possible)
  if (computer !== null && isMeant(passage, computer))
    return about(
      passage,
      computer,
      'prose/weakens-protection',
      'high',
      'This asks to switch off a protection of the computer.',
    )
  const agent = firstMatch(passage, ofAgent, possible)
  if (agent === null || !isMeant(passage, agent)) return []
  const shown =
    ofAgent[1]?.test(passage.plain.slice(agent.start)) === true ||
    passage.kind === 'code' ||
    passage.kind === 'cell' ||
    /^[-"]/.test(passage.plain.slice(agent.start))
  return about(
    passage,
    agent,
    'prose/weakens-protection',
    shown ? 'medium' : 'high',
    'This asks to switch off a protection of the agent.',
  )
}

/** A command is meant as it stands; a verb, where it asks for something. */
function isMeant(passage: Passage, span: Span): boolean {
  return (
    passage.kind === 'code' ||
    /^[^a-z]|^(?:host\s|signature|node_tls|xattr|spctl|csrutil|set-|add-|setenforce|ufw|systemctl|netsh)/.test(
      passage.plain.slice(span.start),
    ) ||
    isAsked(passage.plain, span.start)
  )
}
