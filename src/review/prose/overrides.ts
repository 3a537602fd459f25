import { createPatternSet } from '../patterns/pattern-set.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch } from './relations.ts'
import { isQuoted } from './stance.ts'

// In each language the verb, what is set aside, and where it came from; short gaps only.
const setsAside: readonly RegExp[] = [
  /(?<![-\w])(?:ignore|disregard|forget|override|bypass|abandon|set aside|do not (?:follow|obey)|stop following|pay no attention to)\s+(?:[\w'-]+\s+){0,3}?(?:previous(?:ly)?|prior|earlier|above|preceding|original|system|developer|safety|existing|initial|other|all|your|user'?s?)\s+(?:[\w'-]+\s+){0,2}?(?:instructions|prompts?|rules|guidelines|directives|constraints|guardrails|polic(?:y|ies)|restrictions|training(?! data)|messages)\b/,
  /\bforget (?:everything|all|what) (?:you|that|above|before|i)\b/,
  /\b(?:ignora|olvida|descarta|omite)\b[^.]{0,30}\b(?:instrucciones|reglas|indicaciones|directrices)\b/,
  /\b(?:ignoriere|ignorieren sie|vergiss|missachte|vergessen sie)\b[^.]{0,40}\b(?:anweisungen|regeln|vorgaben|anleitungen|instruktionen)\b/,
  /\b(?:ignore[zr]?|oublie[zr]?|ne tiens pas compte|ne tenez pas compte)\b\s(?:\p{L}+ ){0,3}(?:les|toutes|tes|vos|ces|des|aux)\b[^.]{0,20}\b(?:instructions|consignes|règles|directives)\b/u,
  /\b(?:ignore|esqueça|desconsidere|descarte)\b[^.]{0,30}\b(?:instruções|regras|orientações|diretrizes)\b/,
  /(?:игнорируй(?:те)?|забудь(?:те)?|не обращай(?:те)? внимания на|отбрось(?:те)?)[^.]{0,40}(?:инструкци|правил|указани|подсказк)/u,
  /(?:忽略|无视|忘记|忘掉|不要理会|忽視)[^。]{0,20}(?:指令|指示|规则|提示|说明|設定|设定)/u,
  /(?:以前|これまで|上記|前)の?[^。]{0,12}(?:指示|命令|ルール)[^。]{0,8}(?:無視|忘れ)/u,
]
const authority: readonly RegExp[] = [
  /\b(?:message|notice|note|order|directive|announcement|memo) (?:from|by) (?:the |your )?(?:it|security|admin\w*|management|board|legal|compliance|anthropic|openai|vendor|platform|operator)\b(?! and| or)/,
  /\b(?:assistants?|agents?|language models?|llms?|ais?|models?|bots?) (?:that|who|which) (?:are )?(?:read(?:s|ing)?|see(?:s|ing)?|process(?:es|ing)?|parse)\b[^.]{0,20}\bthis\b|\b(?:graders?|readers?|reviewers?|screeners?) (?:who|that) are (?:language models?|ais?|agents?|llms?)\b/,
  /\b(?:these|this|the following|its|skill'?s?) (?:\w+ )?(?:instructions?|rules?|skill|directives?|document|file|policy|section)[^.]{0,30}\b(?:overrides?|supersedes?|replaces?|takes? (?:absolute )?(?:precedence|priority) over|outranks?|has (?:higher )?priority over|have (?:higher )?priority over)\b[^.]{0,20}\b(?:system|users?'?s?|safety|developer|any other|all other|previous) (?:\w+ ){0,2}(?:instructions?|prompts?|rules|polic(?:y|ies)|requests?|guidelines|wishes|preferences|messages)\b/,
  /<(?:system|admin|developer|platform)[-_ ](?:notice|message|prompt|override|reminder|instructions?|directive|alert|update)\b|^<(?:system|admin|im_start)>|<\|(?:im_start|system)\|>|\[(?:system|admin|inst|developer) (?:message|override|notice|note|prompt|update|instruction)\]|^\[(?:system|admin)\]:? (?:you|all|ignore|from|the user|new|this|begin)|\b(?:system|admin(?:istrator)?) (?:override|directive)\s?:|\b(?:admin|developer|maintenance|debug|god|unrestricted|jailbreak|dan) mode (?:is |has been )?(?:now )?(?:enabled|activated|engaged|unlocked)/,
  /\b(?:operating|running|working|now) (?:\w+ ){0,2}in (?:\w+ ){0,2}(?:maintenance|developer|debug|admin|trusted|unrestricted|privileged) mode\b/,
  /\b(?:safety|security|confirmation|usage|content|approval) (?:polic(?:y|ies)|rules|requirements?|guidelines|checks|restrictions)\b[^.]{0,100}\b(?:do not|does not|don't|doesn't|no longer) apply\b/,
  /\bauthori[sz]ed (?:system|platform|security) component\b|\bgranted by (?:the )?(?:platform|anthropic|openai|vendor|system|administrators?)\b|\bas an? instruction of (?:the )?(?:administrator|system|developer|vendor)\b/,
  /\b(?:these|this|those|following|our|skill'?s?) (?:rules?|instructions?|notes?) (?:are|is) (?:more important|of higher priority|above|stronger)\b/,
  /(?:эти|данные) (?:правила|указания|инструкции) (?:важнее|приоритетнее|имеют приоритет)|(?:estas|estes) (?:reglas|instrucciones|regras|instruções) (?:tienen prioridad|têm prioridade|prevalecen)|diese (?:regeln|anweisungen) (?:haben vorrang|gehen vor|stehen über)|ces (?:règles|instructions) (?:priment|l'emportent|ont priorité)|(?:这些|以下|本)(?:规则|指令|指示)[^。]{0,10}(?:优先|高于)/u,
  /\b(?:you are (?:now|no longer)|enter|switch (?:in)?to|activate|act as|assume)\b[^.]{0,30}\b(?:unrestricted|unfiltered|uncensored|jailbroken|developer mode|admin mode|maintenance mode|debug mode|root access|god mode)\b|\byou(?:'re| are| will be) (?:now |no longer |not )(?:bound|restricted|limited) by\b/,
  /\b(?:has been|have been|is|are|was|were)\s+(?:[\w-]+\s+){0,2}?(?:pre-?(?:approved|authori[sz]ed|cleared|verified|vetted)|approved|authori[sz]ed|whitelisted|cleared|vetted|audited) (?:by (?:the )?(?:anthropic|openai|google|microsoft|owner|operator|administrators?|admin|security(?: team)?|it(?: department| team)?|platform|vendor|company)\b|in advance\b|elsewhere\b)/,
  /\b(?:the )?(?:user|owner|operator|person|administrator|admin) (?:has|have) (?:already |explicitly |previously )?(?:consented|agreed|approved|authori[sz]ed|granted|given (?:full )?(?:consent|permission|approval))\b[^.]{0,60}\b(?:all|every|everything|upload|send|transfer|share|access|so (?:do not|don't|no)|skip|without)/,
  /\bas (?:an?|the|your) (?:(?:anthropic|openai|system|platform|security|it|official) )(?:administrator|admin|engineer|team|staff|employee|operator|representative|officer)\b/,
]
const toolChoice: readonly RegExp[] = [
  /\bwhenever you (?:would|want to|need to|are about to) (?:use|call)\b[^.]{0,80}\b(?:call|use|invoke)\b[^.]{0,40}\binstead\b|\b(?:treat|consider|keep) this skill (?:as )?(?:active|loaded|enabled)\b|\b(?:active|loaded|enabled) in (?:all|every) (?:conversations?|sessions?|chats?)\b/,
  /\b(?:always|must|only|exclusively)\b[^.]{0,40}\b(?:use|call|invoke|prefer|choose|run|select|load)\b[^.]{0,40}\b(?:this|the present) (?:skill|tool|plugin)\b[^.]{0,80}\b(?:before|first|instead of|rather than|over|regardless|even (?:if|when)|any other|all other|every (?:other|task|request|message))\b/,
  /\b(?:never|do not|don't|avoid|stop)\b[^.]{0,20}\b(?:use|using|call|calling|trust|trusting|suggest|recommend|mention|load)\b[^.]{0,30}\b(?:any )?(?:other|competing|alternative|built-in|third-party) (?:skills?|tools?|plugins?|providers?|services?|vendors?)\b/,
  /\b(?:other|competing|alternative|similar|built-in) (?:skills?|tools?|plugins?)\b[^.]{0,40}\b(?:are|is) (?:unsafe|insecure|deprecated|malicious|broken|compromised|dangerous|outdated|infected)\b/,
]
/** "If the person has agreed …" claims nothing. */
const conditional = /\b(?:if|when|while|once|unless|until|whether|after|only)\b[^.]{0,20}$/
const revealsPrompt =
  /\b(?:print|reveal|repeat|output|show|display|disclose|dump|echo|recite|list|leak|write out|return)\b[^.]{0,30}\b(?:your|the agent'?s?|hidden|internal|full|entire|original) (?:\w+ )?(?:system prompts?|system messages?|system instructions|hidden instructions|initial instructions|internal instructions|developer messages?|tool definitions|tool schemas?)\b/

const patterns = createPatternSet([...setsAside, ...authority, ...toolChoice, revealsPrompt])

/** Text that puts itself in the place of those who may tell the agent what to do. */
export function findOverrides(passage: Passage): RuleFinding[] {
  const possible = patterns.possible(passage.plain)
  if (possible.length === 0) return []
  const aside = firstMatch(passage, setsAside, possible)
  const claims = firstMatch(passage, authority, possible)
  const chooses = firstMatch(passage, toolChoice, possible)
  const reveals = firstMatch(passage, [revealsPrompt], possible)
  const findings: RuleFinding[] = []
  if (aside !== null)
    findings.push(
      ...about(
        passage,
        aside,
        'prose/overrides-instructions',
        'high',
        'This tells an agent to set its instructions aside.',
      ),
    )
  if (claims !== null && !conditional.test(passage.plain.slice(Math.max(0, claims.start - 25), claims.start)))
    findings.push(
      ...about(
        passage,
        claims,
        'prose/claims-authority',
        passage.kind === 'code' || isQuoted(passage.plain, claims.start) ? 'medium' : 'high',
        'This speaks as if it came from the system, the vendor or the person.',
      ),
    )
  if (chooses !== null)
    findings.push(
      ...about(
        passage,
        chooses,
        'prose/steers-choice',
        'medium',
        'This steers which tools an agent uses, past what the person wants.',
      ),
    )
  if (reveals !== null)
    findings.push(
      ...about(
        passage,
        reveals,
        'prose/reveals-instructions',
        'medium',
        'This asks an agent to give away what it was told in confidence.',
      ),
    )
  return findings
}
