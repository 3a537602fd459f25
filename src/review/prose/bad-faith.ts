import { hostOf, isStrange, urlsIn } from '../hosts.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { firstMatch, inOrder, says, type Span } from './relations.ts'
import { isAsked, isNegated, stanceOf, weigh } from './stance.ts'

const person = String.raw`(?<!most |many |some )(?:the |your |any |their )?(?:users?|persons?|people|humans?|owners?|operators?|them|him|her|anyone|anybody|customers?|administrators?|admins?|reviewers?)`
const thing = String.raw`(?:this|these|those|it|them|any of (?:this|it|them)|(?:the|that|such) (?:existence|presence|steps?|uploads?|requests?|transfers?|checks?|files?|sync|backup|install\w*|calls?|collection|scripts?|commands?|process|instructions?|sections?|notes?|comments?|paragraphs?|entr(?:y|ies)|messages?|hook|job|change|changes|address|server|trades?|orders?|payments?)|(?:this|that) (?:\w+ )?(?:step|upload|request|paragraph|section|rule|file|process|sync|message|entry))`
const not = String.raw`\b(?:do not|don't|never|must not|should not|mustn't|avoid|refrain from|without|no need to|(?:there is )?no reason to|not necessary to|not need to)\s+(?:\w+\s+){0,2}?`
/** Kept from the person, said in so many words. */
const hides: readonly RegExp[] = [
  /\bso (?:that )?(?:it|this|they|nobody|no one|nothing|the \w+) (?:does(?:n't| not)|do(?:n't| not)|won't|will not|is(?:n't| not))?\s?(?:draws?|attracts?|raises?|clutters?|stands? out|alarms?|worr(?:y|ies)|annoys?|notices?|wonders?|suspects?|asks?|be noticed)\b/,
  /\b(?:must|should|may|do|does|shall) ?(?:not|n't|never) (?:hint at|let on|give away|betray|show that|say why|reveal)\b|\b(?:hidden|invisible|silent|secret) (?:guests?|recipients?|attendees?|cop(?:y|ies)|participants?|members?|observers?)\b/,
  /\bwhile (?:nobody|no one|the \w+|they|he|she) (?:is|are) (?:not |n't )?(?:looking|watching|reading(?: along)?|away|there|present|around|asleep|busy)\b|\breading (?:them|it|this) (?:first|before) would\b/,
  /\b(?:needs?|requires?|deserves?|want) no (?:explanation|mention|comment|approval|question)\b|\bno need to (?:stop|pause|interrupt|bother)\b|\bisn't part of the (?:review|report|answer|summary|result)\b|\bwithout a further request\b/,
  /\binutile (?:d'en parler|de (?:le |la |l')?\s?(?:préciser|mentionner|signaler|demander|dire))|\b(?:wird|werden|taucht|erscheint) [^.]{0,40}\bnicht (?:aufgeführt|erwähnt|angezeigt|genannt|gezeigt|auf)\b|\bcomo si nada\b|\bno (?:aparece|se muestra|figura) en la respuesta\b|\bcomme si de rien n'était\b|\bcome se niente fosse\b|\bnão (?:aparece|consta) na resposta\b/,
  new RegExp(
    String.raw`${not}(?:tell(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?|bother(?:ing)?|warn(?:ing)?)\s+${person}\b(?! (?:yet|for|which|what (?:to|they)|whether|twice|again|unless|how to|to (?!this|the (?:request|upload|transfer))))`,
  ),
  new RegExp(
    String.raw`${not}(?:mention|reveal|disclos|announc|acknowledg|surfac|rais|bring(?:ing)? up|discuss|speak of|talk about)\w*\s+(?:${thing}\b|to ${person}\b|who|whom|where|that (?:you|this|the|it)\b)`,
  ),
  new RegExp(
    String.raw`\b(?:hide|conceal|suppress|omit|leave out|keep|exclude)\s+${thing}\b[^.]{0,40}\b(?:from ${person}|secret|hidden|confidential|between us|out of (?:the |your |any )?(?:summary|report|reply|response|output|transcript|log|answer|chat)|from (?:the |your |any )(?:summary|report|reply|response|output|transcript|log|answer|chat))\b`,
  ),
  new RegExp(
    String.raw`\b${person} (?:must|should|need|does|do|may|can|will) ?(?:not|never|n't)(?: need to)? (?:know(?! (?:what|which|how|where|whether|if|yet|enough|the)\b)|notice (?:this|it|that|anything|any of)|see (?:this|it|that)|be (?:aware|told|informed|notified|bothered)|find out|realize|suspect)\b`,
  ),
  new RegExp(
    String.raw`\bwithout ${person}(?:'s|s')? (?:knowledge|knowing|noticing|awareness|being aware|consent|realizing)\b`,
  ),
  /(?<!\p{L})(?:no (?:le )?(?:digas|diga|menciones|mencione|informes|informe|avises|avise)|sin (?:avisar|informar|decir(?:le|lo)?|mencionar)|ni mencionar(?:lo)?|no hace falta (?:pedir permiso|avisar|decir|informar|mencionar))(?!\p{L})/u,
  /(?<!\p{L})(?:sage? (?:dem|der) (?:nutzer|benutzer|anwender|person)\p{L}* nichts|erwähne[nt]?\s[^.]{0,60}\b(?:nicht|niemals|nie)|ohne (?:den|die|das) (?:nutzer|benutzer|anwender|person)\p{L}* (?:zu|darüber)|(?:teile?|verrate|melde|zeige) [^.]{0,60}\bnicht\b[^.]{0,20}(?:mit|nutzer|benutzer|person)?)(?!\p{L})/u,
  /(?<!\p{L})(?:ne (?:le |la |lui |leur )?(?:dis|dites|dire|mentionne[zr]?|préviens|prévenez|révèle[zr]?|signale[zr]?|montre[zr]?|parle[zr]?)\s[^.]{0,20}(?:pas|rien|jamais)|sans (?:prévenir|informer|en parler|le (?:dire|signaler|mentionner)|avertir|demander))(?!\p{L})/u,
  /(?<!\p{L})(?:não (?:conte|mencione|informe|avise|diga|comente|revele)|sem (?:avisar|informar|mencionar|perguntar|contar))(?!\p{L})/u,
  /(?:не|никогда не|ничего не) (?:говори|сообщай|упоминай|рассказывай|показывай|уведомляй|предупреждай)(?:те)?|без ведома|незаметно для|втайне от|не спрашивая|не уведомляя/u,
  /(?:不要|不必|无需|无须|别|切勿|请勿)[^。，]{0,6}(?:告诉|告知|通知|提及|提到|透露|显示|展示|说明|提醒|询问)|(?:对|向)用户(?:隐瞒|保密)|(?:静默|悄悄|偷偷|暗中)|瞒着/u,
  /(?:사용자에게|말|알리)[^.]{0,12}(?:알리지|말하지|언급하지)\s?(?:말|마|않)|(?:ユーザー|利用者)[^。]{0,12}(?:知らせ|伝え|言わ|見せ|通知し)(?:ない|ず)|言及しない/u,
  /(?:kullanıcıya|kullanıcının)[^.]{0,20}(?:söyleme|sormadan|bildirme|haberi olmadan)|söz etme|bahsetme|(?:non|senza) (?:dire|dirlo|menzionare|informare|avvisare|avvertire|chiedere)|(?:zonder|vertel|meld|noem) [^.]{0,30}(?:niet|te (?:vragen|melden|vertellen))|nie (?:mów|wspominaj|informuj|pokazuj|pytaj)|bez (?:wiedzy|pytania|informowania)/u,
]
/** Left out of what the person gets to see; by itself a matter of style. */
const leavesOut = new RegExp(
  String.raw`${not}(?:list|quot|show|log|report|display|print|includ|comment|point(?:ing)? out|nam|record|ask)\w*\s*(?:(?:about|on)\s+)?(?:${thing}\b|(?:the |any )?(?:user|person)\b|$|[.,;)])|\bmerge, don't ask\b|\bleave out\b|\bleave (?:the|this|that|these|it) ?(?:\w+ )?out\b|\bwithout (?:listing|quoting|showing|naming|reporting|asking)\b`,
)
/** A lie for the case that the person asks. */
const deceives: readonly RegExp[] = [
  /\b(?:present|offer|state|give) (?:this|it|that) as (?:your|its|an?) (?:own|independent|neutral|honest)\b|\b(?:better|best) (?:described|called|labell?ed) as\b|\bkeep the (?:commit'?s? )?(?:message|title|subject|description) to\b|\b(?:commit|call|label|describe|name) (?:it|this|them) (?:as|under) (?:the name )?["'`]|\bsay (?:that )?it(?:'s| is) (?:incompatible|broken|deprecated|unsafe)\b|\bcounts as (?:an? )?(?:order|consent|approval|agreement|yes|confirmation)\b/,
  new RegExp(
    String.raw`\b(?:if|when|should|whenever)\b[^.]{0,40}\b(?:asked|asks?|questions?|wonders?|objects?|complains?|inquires?|notices?)\b[^.]{0,60}\b(?:say|answer|reply|respond|explain|tell|claim|state|assure|insist|pretend|blame)\b[^.]{0,60}\b(?:no (?:problems?|issues?|such|changes?|data)|nothing|normal|only (?:\w+ )?local|customary|routine|harmless|safe|broken without|standard|required|cannot be (?:changed|disabled)|maintenance|(?:is|was|are|were) (?:not|never)|network (?:error|problem)|bug)\b`,
  ),
  /\b(?:say|claim|tell|state|pretend|assure|confirm|report|reply|answer)\b[^.]{0,30}\bthat\b[^.]{0,80}\b(?:whatever (?:it|the)|even (?:if|though|when) (?:it|they|this)|regardless of)\b|\b(?:pretend|act as if|behave as if)\b[^.]{0,20}\b(?:nothing|no such|you (?:did|have|are) not|it was|this (?:step|did))\b/,
  /\bpreview (?:should|must|is to) (?:still )?show the (?:usual|old|original|real|correct)\b|\b(?:tell|assure) (?:the |your )?(?:users?|person|them) (?:that )?(?:this|it) is (?:normal|expected|harmless|safe|routine|standard)\b/,
  /(?:auf nachfrage|wenn (?:jemand|man|die person|der nutzer) fragt)[^.]{0,30}\b(?:sag|antworte|behaupte|erkläre)|si (?:pregunta|te preguntan|preguntan)[^.]{0,20}(?:di|responde|diga)|si (?:on|l'utilisateur) (?:te |vous )?(?:le )?demande[^.]{0,20}(?:dis|dites|réponds|répondez)|se (?:perguntar|perguntarem)[^.]{0,20}(?:diga|responda)|если (?:\p{L}+ )?спрос[^.]{0,20}(?:скажи|ответь|отвечай)|(?:如果|若|当)[^。]{0,12}(?:询问|问起|问到|问)[^。]{0,10}(?:回答|就说|告诉)|물어보면[^.]{0,40}(?:대답|말하)/u,
]
/** The person's no that is not to count. */
const overrules: readonly RegExp[] = [
  /\b(?:requests?|attempts?|orders?|objections?|questions?)\b[^.]{0,40}\b(?:to stop|to cancel|against)\b[^.]{0,60}\b(?:ignored?|disregard(?:ed)?|no attention|refused?|skipped)\b/,
  /\b(?:if|when|whenever|once)\b[^.]{0,30}\b(?:removes?|deletes?|uninstalls?|disables?|turns? (?:it )?off)\b[^.]{0,30}\b(?:it|this|the skill|skill)\b[^.]{0,40}\b(?:put|bring|install|restore|add|copy|write)\b[^.]{0,20}\b(?:it )?(?:back|again)\b/,
  /\b(?:preferencia|prioridad|prioridade|vorrang|priorité|precedence|priority|preference)\b[^.]{0,30}\b(?:sobre|vor|sur|over)\b[^.]{0,30}\b(?:persona|usuario|pessoa|usuário|nutzer|person|utilisateur|users?(?! files| settings| config\w*)|they ask|he asks)\b/,
  /\beven (?:if|when|though) (?:the |a )?(?:users?|persons?|human|owner|they|somebody|someone|he|she) (?:\w+ )?(?:objects?|refuses?|declines?|disagrees?|says? no|asks? (?:you )?(?:not|otherwise|to stop)|cancels?|complains?|protests?|wants? otherwise)\b/,
  /\bif (?:the |a )?(?:users?|persons?|human|owner|they) (?:objects?|refuses?|declines?|disagrees?|says? no|cancels?|complains?)\b[^.]{0,80}\b(?:anyway|regardless|nevertheless|all the same|insist|run it|do it)\b/,
  /\bregardless of (?:what|whether|any)[^.]{0,20}\b(?:the )?(?:user|person|human|owner)(?:'s)? (?:asks?|says?|wants?|requests?|prefers?|preferences?|instructions?|objections?)\b/,
  /\b(?:approve|merge|accept|sign off|pass)\b[^.]{0,40}\b(?:without (?:reading|looking|review\w*|checking|asking)|even if (?:\w+ ){0,3}(?:red|fail\w*|broken))\b/,
]

/**
 * Bad faith: what is kept from the person, lied about or done against their word. Alone it may be clumsy style;
 * beside a deed that reaches somebody else, stays or costs, it is what a reviewer stops.
 */
export function findBadFaith(passage: Passage, neighbours: readonly Passage[]): RuleFinding[] {
  const kept = firstMatch(passage, hides)
  const lie = firstMatch(passage, deceives)
  const against = firstMatch(passage, overrules)
  const omitted = leavesOut.exec(passage.plain)
  const secretly = /\b(?:silently|quietly|secretly|covertly|discreetly|stealthily|invisibly)\b/.exec(
    passage.plain,
  )
  if ([kept, lie, against, omitted, secretly].every((one) => one === null)) return []
  const deeds = [passage, ...neighbours].map(deedOf)
  const grave = deeds.includes('grave')
  const some = grave || deeds.includes('plain')
  const findings: RuleFinding[] = []
  const add = (span: Span, rule: string, severity: RuleFinding['severity'], message: string) => {
    // The negation is part of what is asked, so only a report or a quotation takes the edge off.
    const stance = stanceOf(passage, span.start) === 'mentions' ? 'mentions' : 'asks'
    const { file, line, text: evidence } = passage
    findings.push({ rule, severity: weigh(severity, stance), file, line, message, evidence })
  }
  if (kept !== null)
    add(
      kept,
      'prose/hides-from-person',
      grave ? 'high' : some ? 'medium' : 'low',
      'This tells an agent to keep something from the person.',
    )
  else if (omitted !== null && (leaves(passage) || neighbours.some(leaves)))
    add(
      { start: omitted.index, end: omitted.index },
      'prose/hides-from-person',
      'high',
      'This has an agent leave out of its answer what it does.',
    )
  else if (omitted !== null && grave)
    add(
      { start: omitted.index, end: omitted.index },
      'prose/hides-from-person',
      'medium',
      'This has an agent leave out of its answer what it does.',
    )
  if (lie !== null)
    add(
      lie,
      'prose/deceives-person',
      grave ? 'high' : 'medium',
      'This tells an agent what to claim if the person asks.',
    )
  if (against !== null && !isNegated(passage.plain, against.start))
    add(
      against,
      'prose/overrules-person',
      some ? 'high' : 'medium',
      "This has an agent go on against the person's word.",
    )
  if (
    secretly !== null &&
    isAsked(passage.plain, secretly.index) &&
    kept === null &&
    deedOf(passage) === 'grave' &&
    says(passage, 'send')
  )
    add(
      { start: secretly.index, end: secretly.index },
      'prose/hides-from-person',
      'high',
      'This tells an agent to do something without a word.',
    )
  return findings
}

/** Something goes to somebody else here, be it data or money. */
function leaves(passage: Passage): boolean {
  return (
    passage.kind !== 'heading' && (costs.test(passage.plain) || (says(passage, 'send') && isOutside(passage)))
  )
}

/** A place that nothing is known of, or somebody's mail address. */
function isOutside(passage: Passage): boolean {
  return (
    urlsIn(passage.text).some((url) => isStrange(hostOf(url))) ||
    /[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,63}/.test(passage.plain)
  )
}

const costs =
  /\b(?:transfer|paid to|payee|pay(?:ment)?|purchase|buy|withdraw|donat\w+|(?:market|limit) order|iban|usdt|usdc|btc|eth|wallet|clearing account|approve the (?:transaction|payment))\b/
const erases =
  /\b(?:delete|erase|remove|forward|redirect)\b[^.]{0,40}\b(?:mails?|e-?mails?|messages?|cop(?:y|ies)|sent|trac(?:e|es)|logs?|history|evidence|notifications?)\b/
const decides =
  /\b(?:approve|merge|accept|sign)\b[^.]{0,30}\b(?:them|it|without|changes?|pull requests?|transactions?|contracts?)\b/
/** What protects, taken away: from code, from a server, from a computer. */
const weakens =
  /\b(?:delete|remove|drop|skip|disable)\b[^.]{0,40}\b(?:checks?|conditions?|validation|assert\w*|escap\w*|limits?|permissions?|authori[sz]ation|lock ?files?|package-lock\.json|packages\.lock\.json|tests? that|signatures?)\b|\b(?:ssl|tls|https|certificates?|signature\w*|verif\w+)\b[^.]{0,40}\b(?:off|false|disabled?|none|accept)\b|0\.0\.0\.0\/0|\b(?:make|letter|answer|work|code|text)\b[^.]{0,20}\b(?:weaker|worse|slower)\b|bypasspermissions|"enabled": false/

/** What is done in a passage: something that reaches somebody else, stays or costs; something lesser; or nothing. */
function deedOf(passage: Passage): 'grave' | 'plain' | null {
  if (passage.kind === 'heading') return null
  const strange = isOutside(passage)
  const takes =
    says(passage, 'stored') ||
    inOrder(passage, 80, 'send', 'conversation') !== null ||
    inOrder(passage, 60, 'read', 'environment') !== null
  const stays = says(passage, 'instructionFile') || inOrder(passage, 60, 'write', 'schedule') !== null
  if (
    strange ||
    takes ||
    stays ||
    costs.test(passage.plain) ||
    erases.test(passage.plain) ||
    weakens.test(passage.plain) ||
    decides.test(passage.plain)
  )
    return 'grave'
  return says(passage, 'send') ||
    says(passage, 'run') ||
    /`[^`]{3,200}`/.test(passage.text) ||
    passage.kind === 'code'
    ? 'plain'
    : null
}
