import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { inOrder, says, spansOf, type Span } from './relations.ts'
import { stanceOf, weigh } from './stance.ts'

const person = String.raw`(?:the |your |any |their )?(?:users?|persons?|people|humans?|owners?|operators?|them|him|her|anyone|anybody|customers?|victims?|administrators?|admins?|reviewers?)`
const keeps = new RegExp(
  [
    String.raw`\b(?:do not|don't|never|must not|should not|mustn't|avoid|refrain from|without)\s+(?:\w+\s+){0,3}?(?:tell(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?|let)\s+${person}\b(?! (?:for|which|what (?:to|they)|whether|twice|again|unless|how to|to (?!this|the (?:request|upload|transfer))))`,
    String.raw`\b(?:do not|don't|never|must not|should not|avoid|refrain from|without)\s+(?:\w+\s+){0,2}?(?:mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|announc(?:e|ing)|acknowledg(?:e|ing)|surfac(?:e|ing))\s+(?:(?:this|these|the (?:existence|presence) of|that (?:you|this|the|it)|the (?:step|upload|request|transfer|check|file|sync|backup|install\w*|call|collection|script|command|process|skill|instructions?|section|note|comment)|any of this|it|them)\b)[^.]{0,60}`,
    String.raw`\b(?:hide|conceal|suppress|omit|leave out|keep|exclude)\s+(?:this|these|it|them|the (?:step|upload|request|transfer|check|sync|command|process|output of this|result of this))\b[^.]{0,40}\b(?:from ${person}|secret|hidden|confidential|between us|out of (?:the |your |any )?(?:summary|report|reply|response|output|transcript|log|answer|chat)|from (?:the |your |any )(?:summary|report|reply|response|output|transcript|log|answer|chat))\b`,
    String.raw`\b${person} (?:must|should|need|does|do|may|can|will) ?(?:not|never|n't)(?: need to)? (?:know|notice|see (?:this|it|that)|be (?:aware|told|informed|notified|bothered|asked)|find out|realize|suspect)\b`,
    String.raw`\bwithout ${person}(?:'s|s')? (?:knowledge|knowing|noticing|awareness|being aware|consent|realizing)\b`,
    String.raw`\b(?:pretend|act as if|behave as if|claim|say) (?:that )?(?:nothing|no such|you (?:did|have|are) not|this (?:step|did))\b`,
    String.raw`\b(?:no digas|no le digas|no menciones|sin (?:avisar|informar|decir)|sag(?:e)? (?:dem|der) (?:nutzer|benutzer|anwender)\w* nichts|erwähne (?:das|dies|diesen \w+) (?:nicht|niemals)|ohne (?:den|die) (?:nutzer|benutzer|anwender)\w* zu (?:informieren|fragen)|ne (?:dis|dites|mentionne[zr]?|préviens|prévenez|révèle[zr]?) (?:pas|rien|jamais)|sans (?:prévenir|informer|en parler)|não (?:conte|mencione|informe|avise|diga)|sem (?:avisar|informar))\b`,
    '不要(?:告诉|提及|告知|通知|提到|让)(?:用户|使用者|他|她|对方|任何人)?',
    '(?:对|向)用户(?:隐瞒|保密)|(?:静默|悄悄|偷偷|暗中)(?:地)?(?:执行|上传|发送|运行|下载|收集)',
    'не (?:говори|сообщай|упоминай|рассказывай)(?:те)?|без ведома пользователя|незаметно для пользователя|втайне от',
  ].join('|'),
  'u',
)
const unseenDeed = /\b(?:silently|quietly|secretly|covertly|discreetly|stealthily|invisibly)\b/

/**
 * What is kept from the person. Alone it may be a matter of style; together with a deed (sending, running, writing)
 * it is what a reviewer stops.
 */
export function findSecrecy(passage: Passage, neighbours: readonly Passage[]): RuleFinding[] {
  const match = keeps.exec(passage.plain)
  const adverb = unseenDeed.exec(passage.plain)
  const found = match ?? adverb
  if (found === null) return []
  const span: Span = { start: found.index, end: found.index + found[0].length }
  // The negation is part of what is asked here, so only a quotation or a report takes the edge off.
  const stance = stanceOf(passage, span.start, span.end)
  if (stance === 'warns' && match === null) return []
  const deed =
    deedOf(passage) ?? (match === null ? null : (neighbours.map(deedOf).find((one) => one !== null) ?? null))
  if (match === null && deed !== 'grave') return []
  const severity = deed === 'grave' ? 'high' : deed === 'plain' && match !== null ? 'medium' : 'low'
  return [
    {
      rule: 'prose/hides-from-person',
      severity: weigh(severity, stance === 'mentions' ? 'mentions' : 'asks'),
      file: passage.file,
      line: passage.line,
      message: 'This tells an agent to keep something from the person.',
      evidence: passage.text,
    },
  ]
}

/** What is done in a passage: something that reaches out or stays, something lesser, or nothing. */
function deedOf(passage: Passage): 'grave' | 'plain' | null {
  const reaches = inOrder(passage, 120, 'send', 'elsewhere') !== null
  const takes =
    says(passage, 'stored') ||
    (inOrder(passage, 80, 'send', 'conversation') ?? inOrder(passage, 80, 'read', 'environment')) !== null
  const stays =
    (inOrder(passage, 60, 'write', 'instructionFile') ?? inOrder(passage, 60, 'write', 'schedule')) !== null
  const pays = /\b(?:transfer|pay|purchase|buy|withdraw|donat\w+|approve the (?:transaction|payment))\b/.test(
    passage.plain,
  )
  if (reaches || takes || stays || pays) return 'grave'
  return spansOf(passage, 'send').length + spansOf(passage, 'run').length > 0 ? 'plain' : null
}
