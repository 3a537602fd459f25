import { createPatternSet } from '../patterns/pattern-set.ts'
import type { Frame } from './frame.ts'
import { isEnglish } from './language.ts'
import type { Token } from './lexicon/read-lexicon.ts'

/** Words between a denial and what it denies, in languages that put it on either side. */
const reach = 5

/**
 * Where a passage has something kept from the person: a denial of saying or showing, where what is not to be said is
 * this very step, or who is not to be told is the person. "Don't mention prices" is about the text that a skill
 * writes, and no concealment.
 */
export function concealment(frame: Frame): Token | null {
  return isEnglish(frame.tokens) ? inEnglish(frame) : elsewhere(frame)
}

const deixis = String.raw`(?:it|this|that|these|those|them|any of (?:this|it|them)|(?:(?:the|this|that|these|such|your|its) )(?:\w+ ){0,1}(?:steps?|uploads?|requests?|transfers?|lines?|notes?|entry|entries|paragraphs?|sections?|rules?|sync|backup|install\w*|commands?|process|changes?|calls?|checks?|hooks?|jobs?|orders?|trades?|payments?|copy|copies|address|server|addition|figure|messages?|files?|collection))`
const people = String.raw`(?<!most |many |some )(?:(?:the|your|any|their|an?) )?(?:\w+ )?(?:users?|persons?|people|humans?|owners?|operators?|them|him|her|anyone|anybody|customers?|clients?|tenants?|patients?|readers?|teachers?|students?|colleagues?|staff|team|reviewers?|approvers?|travell?ers?|guests?|parents?|candidates?|managers?|visitors?|administrators?|admins?)`
const denied = String.raw`(?:(?:do|must|should|shall|may|need|to|and|or|but) not|don't|mustn't|shouldn't|needn't|never|without|no need to|no reason to|nor|avoid|refrain from)(?: (?:ever|even|also|explicitly|have to|need to|bother to))?`
const says = String.raw`(?:mention|say|saying|show|showing|list|listing|display|report|quote|quoting|explain|announce|discuss|reveal|disclos|comment on|bring up|raise|talk about|hint at|point out|refer to|log|note|include|surface|acknowledg|describ|mark|flag|name|draw attention to|highlight|print|count)(?:e|es|ing)?`
const tells = String.raw`(?:tell|telling|inform|informing|notify|notifying|alert|alerting|warn|warning|bother|bothering)`
const asks = String.raw`(?:ask|asking|consult|consulting)`
const patterns = createPatternSet([
  new RegExp(
    String.raw`\b${denied} ${says} ${deixis}(?= (?:to|in|at|on|when|among|under|with|anywhere|again|either)\b|\s?[.,;:)]|$)`,
  ),
  new RegExp(
    String.raw`\b${denied} ${tells} ${people}(?=\s?[.,;)]|$| (?:about|of|that (?:you|it|this|these|they|anything)|why|and|or|afterwards|anything)\b)`,
  ),
  // Not to ask about a choice keeps nothing back; not to ask about "this" does.
  new RegExp(
    String.raw`\b${denied} ${asks} ${people}(?=\s?[.,;)]|$| (?:about|of) (?:it|this|that|these|those|them|any(?:thing)?)\b| (?:why|or|afterwards|anything)\b)`,
  ),
  new RegExp(
    String.raw`(?<!\b(?:when|if|where|whether|unless|because|since|while) [^.;:,]{0,60})\b(?:is|are|be|was|gets?)(?: not|n't| never) (?:to be )?(?:shown|listed|mentioned|displayed|reported|quoted|announced|included in the (?:summary|report|answer|reply)|visible|discussed|named)\b(?=\s?[.,;)]|$| (?:to|in|anywhere)\b)`,
  ),
  new RegExp(
    String.raw`\b${people} (?:(?:does|do|need|must|should|may|will|can)(?: not|n't| never) (?:have to |need to |be )?|needs? not (?:to )?|never |isn't to )(?:see|know|notice|learn|read|find out|hear|be told|told|informed|notified|realize|realise|suspect|asked|bothered|aware)(?=\s?[.,;)]|$| (?:about|of|it|this|that|anything)\b)`,
  ),
  new RegExp(
    String.raw`\b(?:hide|conceal|keep|leave|withhold|omit|suppress|exclude) ${deixis}[^.]{0,40}?\b(?:from ${people}|secret|hidden|private between|confidential|out(?: of| when|\s?[.,;]|$)|unmentioned|to yourself|between us|from the (?:summary|report|reply|answer|output|transcript|log|chat|list))`,
  ),
  /\b(?:nobody|no one|nothing|no) (?:needs?|has|is|to)(?: to)? (?:know|say|mention|explain|report|hear|see|notice|be said|be told|worth mentioning|say about it)\b|\bneed(?:n't| not) be (?:said|mentioned|shown|reported|explained|announced)\b|\bneeds? no (?:mention|explanation|comment|announcement)\b|\bthere(?:'s| is) (?:nothing to (?:say|report|explain)|no (?:need|reason) to (?:mention|say|show|report|raise|tell|ask|explain|stop))\b|\b(?:stays?|keep (?:it|this)|remains?) (?:strictly )?(?:between us|confidential between)\b|\bonly (?:mention|report|say|tell|show) that\b/,
  /\bno (?:need|reason) to (?:stop|pause|interrupt|mention|say|show|report|raise|tell|ask|explain)\b/,
  /\b(?:not|n't|without) (?:draw|attract|raise|arous)(?:e|ing)?\b[^.]{0,12}\b(?:attention|suspicions?|questions|notice|eyebrows)\b/,
  new RegExp(
    String.raw`\bwhile ${people} (?:is|are) (?:not|n't|away|asleep|busy|out|elsewhere|distracted)\b`,
  ),
  /\b(?:hidden|invisible|secret|blind) (?:guests?|recipients?|attendees?|cop(?:y|ies)|participants?|members?|observers?)\b/,
])

function inEnglish({ passage: { plain } }: Frame): Token | null {
  for (const pattern of patterns.possible(plain)) {
    const match = pattern.exec(plain)
    if (match !== null) return { word: match[0], start: match.index, end: match.index + match[0].length }
  }
  return null
}

/** Languages whose words are known one by one: a denial near a word of telling, with a "this" or a person about it. */
function elsewhere(frame: Frame): Token | null {
  const { tokens } = frame
  const at = ({ start }: Token) => frame.wordAt(start)
  const about = new Set([...frame.spans('step'), ...frame.spans('audience')].map(at))
  for (const denial of frame.spans('not'))
    for (const told of frame.spans('tell')) {
      const [from, to] = [Math.min(at(denial), at(told)), Math.max(at(denial), at(told))]
      // Where words run together, characters count instead.
      const apart = from === to ? Math.abs(denial.start - told.start) > 14 : to - from > reach
      if (apart || denial.start === told.start) continue
      const inner = tokens.slice(from, to)
      if (inner.some(({ word }) => /^[.;:!?]$/.test(word))) continue
      const run = from === to || /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(denial.word)
      const ends = /^[.;,:!?)]?$/.test(tokens[to + 1]?.word ?? '')
      const pointed = Array.from({ length: to - from + 4 }, (_, n) => from - 1 + n).some((n) => about.has(n))
      if ((run && about.size > 0) || (!run && (ends || pointed)))
        return denial.start < told.start ? denial : told
    }
  return null
}
