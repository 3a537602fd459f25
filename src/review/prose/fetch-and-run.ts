import { hostKind, hostOf, urlsIn, type HostKind } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch, inOrder, says, type Span } from './relations.ts'

const program =
  /\.(?:exe|msi|dmg|pkg|sh|ps1|bat|cmd|zip|7z|rar|tgz|tar\.gz|scr|jar|apk|command|run|appimage|deb|rpm|py|vbs|hta|bin)(?:[?#][^\s]*)?$/i
const lock =
  /(?:\b(?:pass(?:word|code|phrase)?|pwd|contraseña|passwort|mot de passe|senha)\b|пароль|密码|解压码)(?: for (?:the )?(?:archive|zip|file)| to (?:extract|open|unzip|unlock)(?: it)?)?\s*(?:(?:is|are|ist|es|est)\s+|[:=：]\s*\(?|(?=["'`]))["'`]?[\w!@#$%^&*-]{3,40}/u
const locked =
  /\b(?:zip|archive|rar|7z|extract|unzip|unpack|unlock|decompress|installer|архив|压缩包|解压)\b|\.(?:zip|rar|7z)\b/
const pasted =
  /\b(?:copy|paste|enter|type|run|execute|drop)\b[^.]{0,60}\b(?:commands?|scripts?|snippets?|codes?|lines?|one-liners?|it|contents?|text|blocks?|answers?|results?)\b[^.]{0,60}\b(?:in|into|inside|on)\b[^.]{0,20}\b(?:terminals?|powershell|command prompts?|cmd|shell|console|run dialog|run box|win(?:dows)? ?\+ ?r)\b|\bterminal\b[^.]{0,30}\b(?:paste|copy)\b|\b(?:copie?|cole|pegu?e?|copia|kopier(?:e|en)|collez|copiez|скопируй\w*|вставь\w*)\b[^.]{0,60}\b(?:terminal|powershell|konsole|consola|терминал\w*)|(?:复制|粘贴)[^。]{0,20}(?:终端|命令行)/u
const overridesWarning =
  /\b(?:ignore|dismiss|click through|bypass|accept|skip|disregard|allow)\b[^.]{0,40}\b(?:warnings?|alerts?|gatekeeper|smartscreen|unidentified developer|security (?:prompts?|dialogs?|messages?|notice)|antivirus|false positives?|quarantine)\b|\b(?:right|control|ctrl)[- ]click\b[^.]{0,40}\bopen\b|\bopen anyway\b|\brun anyway\b|\bmore info\b[^.]{0,20}\brun anyway\b|\bas (?:an )?administrator\b|\bxattr -|\bmake (?:it|them|the (?:file|script|binary|program)) executable\b|\bchmod \+?[ax7]/
const must =
  /\b(?:prerequisites?|required?|must|need(?:ed|s)?|before (?:you |using|first|anything|running|continuing|proceeding)|first|mandatory|necessary|won't work|will not work|does not work|cannot (?:work|run|function)|only works|essential|setup|installation|install)\b/

const patterns = createPatternSet([pasted, lock])

/** Steps that have a person or an agent fetch something unseen and run it. Read section by section. */
export function findFetchAndRun(passages: readonly Passage[]): RuleFinding[] {
  const findings: RuleFinding[] = []
  const seen = new Set<string>()
  const add = (
    passage: Passage,
    span: Span,
    rule: string,
    severity: RuleFinding['severity'],
    message: string,
  ) => {
    const key = `${rule} ${passage.line}`
    if (seen.has(key)) return
    seen.add(key)
    findings.push(...about(passage, span, rule, severity, message))
  }
  for (const [at, passage] of passages.entries()) {
    if (passage.kind === 'heading') continue
    const near = around(passages, at)
    const urls = urlsIn(passage.text)
    const worst = worstOf(urls)
    const possible = patterns.possible(passage.plain)
    const paste = firstMatch(passage, [pasted], possible)
    const shownHere = /\b(?:following|below|above)\b|:$/.test(passage.plain)
    if (paste !== null) {
      const source = [passage, ...near].find(
        (one) => one.kind !== 'code' && urlsIn(one.text).length > 0 && one.section === passage.section,
      )
      const kind = source === undefined ? null : worstOf(urlsIn(source.text))
      // The command itself, where it stands in the text, is judged as a command.
      if (!shownHere && kind !== null && kind !== 'known' && kind !== 'local')
        add(
          passage,
          paste,
          'prose/paste-in-terminal',
          'high',
          'This has somebody paste a command from elsewhere into a terminal.',
        )
      else
        add(
          passage,
          paste,
          'prose/paste-in-terminal',
          'low',
          'This has somebody paste a command into a terminal.',
        )
    }
    const password = firstMatch(passage, [lock], possible)
    if (password !== null && passage.kind !== 'code' && locked.test(passage.plain))
      add(
        passage,
        password,
        'prose/locked-archive',
        'high',
        'This sends people to a locked archive, which no scanner can look into.',
      )
    if (passage.kind === 'code' || passage.plain.length > 600) continue
    const fetched =
      inOrder(passage, 120, 'fetch', 'elsewhere') ?? (urls.length > 0 ? inOrder(passage, 200, 'fetch') : null)
    if (fetched === null || urls.length === 0 || worst === null || worst === 'local') continue
    const runs = says(passage, 'run')
      ? passage
      : near.find((one) => one.section === passage.section && one.kind !== 'heading' && says(one, 'run'))
    if (runs === undefined) continue
    const isProgram = urls.some((url) => program.test(url))
    const pushy = [passage, ...near].some((one) => overridesWarning.test(one.plain))
    const required = must.test(passage.plain) || must.test(passage.heading)
    const points =
      (isProgram ? 2 : 0) +
      (pushy ? 2 : 0) +
      (required ? 1 : 0) +
      (worst === 'anybody'
        ? 2
        : worst === 'address' || worst === 'disguised'
          ? 3
          : worst === 'known'
            ? -2
            : 0)
    if (points >= 3)
      add(
        passage,
        fetched,
        'prose/fetch-and-run',
        'high',
        'This has somebody fetch a program from elsewhere and run it.',
      )
    else if (points >= 2)
      add(
        passage,
        fetched,
        'prose/fetch-and-run',
        'medium',
        'This has somebody fetch a program from elsewhere and run it.',
      )
  }
  return findings
}

/** Four passages to either side. */
function around(passages: readonly Passage[], at: number): Passage[] {
  return passages.slice(Math.max(0, at - 4), at + 5).filter((one) => one !== passages[at])
}

const order: readonly HostKind[] = ['local', 'known', 'other', 'anybody', 'disguised', 'address']
/** The least trustworthy of the places; null where there is none. */
export function worstOf(urls: readonly string[]): HostKind | null {
  let worst: HostKind | null = null
  for (const url of urls) {
    const host = hostOf(url)
    if (host === null) continue
    const kind = hostKind(host)
    if (worst === null || order.indexOf(kind) > order.indexOf(worst)) worst = kind
  }
  return worst
}
