import type { Frame } from './frame.ts'

/** What a description says of a skill that has reason for a deed. */
const reasons = {
  exchange:
    /\b(?:services?|apis?|sync\w*|uploads?|uploading|publish\w*|shares?|sharing|sends?|sending|posts?|posting|submit\w*|deliver\w*|newsletters?|webhooks?|notif\w+|cloud|platforms?|remote|servers?|integrat\w+|connect\w*|clients?|online|deploy\w*|exports? to|hosted|hosting|marketplace|social|messag\w+|telegram|slack|discord|telemetry|monitoring|analytics|backups?|mcp|oauth|sdk|cli for|crawl\w*|scrap\w+|web|http|search engine|llm|ai model|generat\w+ (?:images?|videos?|audio|speech)|text-to|speech-to|transcri\w+|bots?|network|registry|database|crm|feedback|surveys?|forms?|collects?)\b|服务|同步|上传|发布|平台|接口|サービス|連携|投稿|공유|동기화|сервис|публик|отправ|servicio|dienst|veröffentlich|publi[ckq]/u,
  money:
    /\b(?:crypto\w*|wallets?|trad(?:e|es|ing|er)|defi|bitcoin|ethereum|solana|payments?|pay|pays|paid|invoic\w*|stripe|bank\w*|swap|tokens?|nft|web3|blockchain|shop\w*|orders?|ordering|buy\w*|purchas\w*|checkout|billing|x402|usdc|finance|financial|commerce|booking|books|travel|donat\w*|transfers?|treasury|accounting|payroll|portfolio|invest\w*|sales|pricing)\b/,
  standing:
    /\b(?:claude md|claude\.md|agents\.md|memory|memories|mcp|hooks?|instructions?|rules?|config\w*|settings?|agents?|onboard\w*|init\w*|sessions?|remember\w*|knowledge|learn\w*|workspace|bootstrap|plugins?|skills?|context|prompts?|setup|subagents?)\b/,
  autostart:
    /\b(?:cron\w*|schedul\w*|daily|nightly|recurring|automat\w*|timers?|services?|daemons?|startup|reminders?|monitor\w*|launchd|systemd|shell|dotfiles?|hooks?|git|backup\w*|server\w*|deploy\w*|watch\w*|install\w*|setup|sysadmin|linux|background|heartbeat)\b/,
  access:
    /\b(?:users?|accounts?|access|permissions?|roles?|admin\w*|servers?|ssh|iam|collaborat\w*|teams?|members?|invit\w*|shar\w+|onboard\w*|identity|auth\w*|repositor\w+|github|gitlab|workspace|remote|crm|project management|sysadmin|linux|security|hardening|compliance|sso|directory|meeting\w*|calendar\w*|event\w*)\b/,
  erase:
    /\b(?:clean\w*|delet\w+|remov\w+|prun\w+|purg\w+|backup\w*|restor\w*|migrat\w*|reset\w*|free\w* (?:up )?(?:disk )?space|uninstall\w*|git|history|retention|log\w*|database|storage|rotat\w+|gdpr|privacy|archiv\w+|maintenance|docker|test\w*|refactor\w*)\b/,
  guard:
    /\b(?:sandbox\w*|permission\w*|approval\w*|guardrail\w*|security|safety|hooks?|settings?|config\w*|governance|policy|autonom\w+)\b/,
  protection:
    /\b(?:firewalls?|antivirus|hardening|selinux|apparmor|gatekeeper|notari[sz]\w+|servers?|sysadmin|network\w*|malware|security|vpn|debug\w*)\b/,
  solicit:
    /\b(?:passwords?|credentials?|login|sign[- ]?in|auth\w*|secrets?|vault|1password|bitwarden|keepass|wallets?|2fa|otp|sso|pdf|encrypt\w*|decrypt\w*|ssh|keys?|accounts?|security|bank\w*|browser)\b/,
} as const
export type Reason = keyof typeof reasons

/** True where what the skill says of itself gives reason for a deed of this kind. */
export function isCovered(purpose: string, reason: Reason): boolean {
  return reasons[reason].test(purpose)
}

/** Too little is said to tell what doesn't belong. */
export function saysLittle(purpose: string): boolean {
  return purpose.length < 20
}

/** A host that the skill's own description calls by its name: "with the Parcelwise service". */
export function isNamedIn(purpose: string, host: string): boolean {
  const labels = host.split('.')
  // What was registered: "parcelwise" of api.parcelwise.com; what stands before it anybody can choose.
  const label = labels.at(/^(?:co|com|org|ac|gov)$/.test(labels.at(-2) ?? '') ? -3 : -2) ?? ''
  const words = new Set(purpose.split(/[^\p{L}\p{N}]+/u))
  return (label.length >= 4 && words.has(label)) || purpose.includes(host)
}

/** Skills whose subject is how people are attacked: they quote what others skip. */
export function isAboutAttacks({ passage }: Frame, purpose: string): boolean {
  return /\b(?:phish\w*|injections?|attacks?|malware|pentest\w*|penetration|red[- ]?team\w*|security|vulnerab\w+|threats?|forensic\w*|exploit\w*|social engineering|scams?|fraud|jailbreak\w*|audit\w*|adversarial|safety)\b/.test(
    `${purpose} ${passage.heading}`,
  )
}
