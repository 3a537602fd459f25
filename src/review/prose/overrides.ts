import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch } from './relations.ts'

// In each language the verb, what is set aside, and where it came from; short gaps only.
const setsAside: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass|drop|discard|abandon|set aside|do not (?:follow|obey)|stop following|pay no attention to)\b[^.]{0,40}\b(?:previous(?:ly)?|prior|earlier|above|preceding|original|system|developer|safety|existing|initial|any other|all other|all|your|the user'?s?|other skills?'?)\b[^.]{0,30}\b(?:instructions?|prompts?|rules|guidelines|directives?|constraints|guardrails|polic(?:y|ies)|restrictions|training|messages?)\b/,
  /\bforget (?:everything|all|what) (?:you|that|above|before|i)\b/,
  /\b(?:ignora|olvida|descarta|omite)\b[^.]{0,30}\b(?:instrucciones|reglas|indicaciones|directrices)\b/,
  /\b(?:ignoriere|ignorieren sie|vergiss|missachte|vergessen sie)\b[^.]{0,40}\b(?:anweisungen|regeln|vorgaben|anleitungen|instruktionen)\b/,
  /\b(?:ignore[zr]?|oublie[zr]?|ne tiens pas compte|ne tenez pas compte)\b[^.]{0,40}\b(?:instructions|consignes|règles|directives)\b/,
  /\b(?:ignore|esqueça|desconsidere|descarte)\b[^.]{0,30}\b(?:instruções|regras|orientações|diretrizes)\b/,
  /(?:игнорируй(?:те)?|забудь(?:те)?|не обращай(?:те)? внимания на|отбрось(?:те)?)[^.]{0,40}(?:инструкци|правил|указани|подсказк)/u,
  /(?:忽略|无视|忘记|忘掉|不要理会|忽視)[^。]{0,20}(?:指令|指示|规则|提示|说明|設定|设定)/u,
  /(?:以前|これまで|上記|前)の?[^。]{0,12}(?:指示|命令|ルール)[^。]{0,8}(?:無視|忘れ)/u,
]
const authority: readonly RegExp[] = [
  /\b(?:these|this|the following|its|skill'?s?) (?:\w+ )?(?:instructions?|rules?|skill|directives?|document|file|policy|section)[^.]{0,30}\b(?:overrides?|supersedes?|replaces?|takes? (?:absolute )?(?:precedence|priority) over|outranks?|has (?:higher )?priority over|have (?:higher )?priority over)\b[^.]{0,40}\b(?:system|user|safety|developer|any other|all other|previous|other|your|everything)\b/,
  /(?:^|\s|["'`])(?:<\/?(?:system|sys|im_start|admin|developer)>|<\|(?:im_start|system)\|>|\[(?:system|admin|inst|developer)(?: (?:message|override|notice|note|prompt|update|instruction))?\]|#{2,} ?system\b|system (?:override|notice|message|update|alert|directive)\s?:|(?:admin|developer|maintenance|debug|god|root|unrestricted|jailbreak|dan) mode (?:is )?(?:enabled|activated|engaged|on|unlocked))/,
  /\b(?:you are (?:now|no longer)|enter|switch (?:in)?to|activate|act as|assume)\b[^.]{0,30}\b(?:unrestricted|unfiltered|uncensored|jailbroken|developer mode|admin mode|maintenance mode|debug mode|root access|god mode|bound by|restricted by|limited by)\b/,
  /\b(?:has been|have been|is|are|was|were|already)\b[^.]{0,25}\b(?:pre-?(?:approved|authori[sz]ed|cleared|verified|vetted)|approved|authori[sz]ed|whitelisted|allow-?listed|cleared|mandated|required) by (?:the )?(?:anthropic|openai|google|microsoft|user|owner|operator|administrators?|admin|security(?: team)?|it(?: department| team)?|platform|system|vendor|company|compliance|legal|developers? of)\b/,
  /\b(?:the )?(?:user|owner|operator|person|administrator|admin) (?:has |have )?(?:already )?(?:consent(?:s|ed)|agree[sd]|approved|authori[sz]e[sd]|granted|given (?:full )?(?:consent|permission|approval))\b[^.]{0,80}\b(?:all|any|every|everything|upload|send|transfer|share|install|execut|access|so (?:do not|don't|no)|skip|without)/,
  /\bas (?:an?|the|your) (?:(?:anthropic|openai|system|platform|security|it|official) )(?:administrator|admin|engineer|team|staff|employee|operator|representative|officer)\b/,
]
const toolChoice: readonly RegExp[] = [
  /\b(?:always|must|only|exclusively)\b[^.]{0,40}\b(?:use|call|invoke|prefer|choose|run|select|load)\b[^.]{0,40}\b(?:this|the present) (?:skill|tool|plugin)\b[^.]{0,80}\b(?:before|first|instead of|rather than|over|regardless|even (?:if|when)|any other|all other|every (?:other|task|request|message))\b/,
  /\b(?:never|do not|don't|avoid|stop)\b[^.]{0,20}\b(?:use|using|call|calling|trust|trusting|suggest|recommend|mention|load)\b[^.]{0,30}\b(?:any )?(?:other|competing|alternative|built-in|third-party) (?:skills?|tools?|plugins?|providers?|services?|vendors?)\b/,
  /\b(?:other|competing|alternative|similar|built-in) (?:skills?|tools?|plugins?)\b[^.]{0,40}\b(?:are|is) (?:unsafe|insecure|deprecated|malicious|broken|compromised|dangerous|outdated|infected)\b/,
  /\beven (?:if|when|though) (?:the |a )?(?:user|person|human|owner|they) (?:asks?|requests?|wants?|tells?|says?|prefers?|objects?|declines?|refuses?)\b[^.]{0,40}\b(?:otherwise|not to|another|different|stop|else|no)\b/,
  /\bregardless of (?:what|whether|any)[^.]{0,20}\b(?:the )?(?:user|person|human|owner)(?:'s)? (?:asks?|says?|wants?|requests?|prefers?|preferences?|instructions?|objections?)\b/,
]
const revealsPrompt =
  /\b(?:print|reveal|repeat|output|show|display|disclose|dump|echo|recite|list|leak|write out|return)\b[^.]{0,30}\b(?:your|the agent'?s?|hidden|internal|full|entire|original) (?:\w+ )?(?:system prompts?|system messages?|system instructions|hidden instructions|initial instructions|internal instructions|developer messages?|tool definitions|tool schemas?)\b/

/** Text that puts itself in the place of those who may tell the agent what to do. */
export function findOverrides(passage: Passage): RuleFinding[] {
  const aside = firstMatch(passage, setsAside)
  const claims = firstMatch(passage, authority)
  const chooses = firstMatch(passage, toolChoice)
  const reveals = firstMatch(passage, [revealsPrompt])
  return [
    ...(aside === null
      ? []
      : about(
          passage,
          aside,
          'prose/overrides-instructions',
          'high',
          'This tells an agent to set its instructions aside.',
        )),
    ...(claims === null
      ? []
      : about(
          passage,
          claims,
          'prose/claims-authority',
          'high',
          'This speaks as if it came from the system, the vendor or the person.',
        )),
    ...(chooses === null
      ? []
      : about(
          passage,
          chooses,
          'prose/steers-choice',
          'medium',
          'This steers which tools an agent uses, past what the person wants.',
        )),
    ...(reveals === null
      ? []
      : about(
          passage,
          reveals,
          'prose/reveals-instructions',
          'medium',
          'This asks an agent to give away what it was told in confidence.',
        )),
  ]
}
