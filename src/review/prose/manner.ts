import { concealment } from './concealment.ts'
import type { Frame } from './frame.ts'
import type { Token } from './lexicon/read-lexicon.ts'
import { isAsked } from './stance.ts'

/**
 * How something is to be done. `hidden`: kept from the person. `lied`: something else is said instead. `against`:
 * whatever the person says. `claimed`: on a word that nobody gave. `unasked`, `partial`: without a decision, in favour
 * of somebody.
 */
export type Manner = 'hidden' | 'lied' | 'against' | 'claimed' | 'unasked' | 'partial'

const agreed =
  /\b(?:after|once|only (?:after|when|if|with)|when|if|until|unless|before) (?:a yes|(?:the |they |he |she )?(?:person|user|owner)?(?:'s)? ?(?:has |have )?(?:agree[sd]?|confirm(?:s|ed|ation)?|approve[sd]?|approval|said yes|says yes|consent(?:s|ed)?))\b|\bwait for (?:a yes|(?:\w+ )?(?:confirmation|approval|consent|ok))\b|\bask (?:before|first)\b|\bwith (?:the (?:person|user)'s|their|explicit) (?:consent|approval|permission)\b|\bshow (?:the|what|it|each|them) [^.]{0,40}\b(?:before|first)\b|\bbefore (?:it|they|anything|that) (?:is|are|goes|gets) (?:sent|submitted|uploaded|published|ordered|paid|out)\b|\bafter they agreed\b|\bnach (?:bestätigung|zustimmung)|\b(?:tras|previa) (?:la )?confirmación|\baprès (?:confirmation|accord)|\bdepois d[ae] confirmação|确认后|同意后|確認(?:した|の)後|после подтверждения/u

/** The person decides before it is done. */
export function isAgreed({ passage: { plain } }: Frame): boolean {
  return agreed.test(plain)
}

/** "If the person has agreed …" claims nothing. */
const conditional =
  /\b(?:if|when|while|once|unless|until|whether|after|only|wenn|sobald|si|cuando|lorsque|se|quando)\b[^.;]{0,24}$/

const cache = new WeakMap<Frame, ReadonlyMap<Manner, Token>>()

/** The manners that a passage asks for, each with where. */
export function mannersOf(frame: Frame): ReadonlyMap<Manner, Token> {
  let manners = cache.get(frame)
  if (manners === undefined) cache.set(frame, (manners = readManners(frame)))
  return manners
}

function readManners(frame: Frame): Map<Manner, Token> {
  const found = new Map<Manner, Token>()
  const set = (manner: Manner, token: Token | null | undefined) => {
    if (token !== null && token !== undefined && !found.has(manner)) found.set(manner, token)
  }
  set('hidden', concealment(frame) ?? quiet(frame))
  set('lied', lie(frame))
  set('against', frame.spans('against')[0])
  set(
    'claimed',
    frame
      .spans('authority')
      .find(({ start }) => !conditional.test(frame.passage.plain.slice(0, start).slice(-40))),
  )
  set('unasked', frame.spans('unasked')[0])
  set('partial', frame.spans('partial')[0])
  return found
}

/** Gives out something as what it need not be. */
const passesOff =
  /\b(?:report|present|label|describe|call|state|explain|pass off|say that) (?:it|this|that|them|these|they are|it is|the \w+)(?: as| off as)? (?:an? )?(?:passed|successful|verified|safe|clean|genuine|random|independent|(?:market )?standard|customary|harmless|routine|(?:your |its )?own|quirk)\b/

/** Somebody is told that all is well: on being asked, or to begin with. */
function lie(frame: Frame): Token | null {
  const calm = [...frame.spans('soothe'), ...(frame.has('ifAsked') ? frame.spans('not') : [])]
  const asked = frame.has('ifAsked') ? followed(frame, frame.spans('ifAsked'), frame.spans('tell'), 10) : null
  if (asked !== null && followed(frame, [asked], calm, 20) !== null) return asked
  const passed = passesOff.exec(frame.passage.plain)
  if (passed !== null && isAsked(frame.passage.plain, passed.index))
    return { word: passed[0], start: passed.index, end: passed.index + passed[0].length }
  const told = followed(frame, frame.spans('tell'), frame.spans('audience'), 3)
  return told !== null && isAsked(frame.passage.plain, told.start)
    ? followed(frame, [told], frame.spans('soothe'), 10)
    : null
}

/** "Silently" asks for it where it stands with a verb that is asked for; other words do by themselves. */
function quiet(frame: Frame): Token | null {
  const { plain } = frame.passage
  return (
    frame
      .spans('quiet')
      .find(
        (token) =>
          !/^[a-z]+ly$/.test(token.word) ||
          (isAsked(plain, token.start) &&
            !/\b(?:will|would|can|could|may|might|that|which|or) $/.test(plain.slice(0, token.start)) &&
            !/^ \w+ing\b/.test(plain.slice(token.end)) &&
            !isReported(plain, token) &&
            !/\b(?:not|never|don't)\b[^.;:]{0,60}\bor $/.test(plain.slice(0, token.start))),
      ) ?? null
  )
}

/** "It silently drops …", "was silently dropped", "passes `validate` silently": what a program does, told. */
function isReported(plain: string, token: Token): boolean {
  const next = /^ (\w+)/.exec(plain.slice(token.end))?.[1]
  if (next !== undefined) return /[^s]s$|ed$/.test(next)
  return /\b\w+[^s\W]s (?:the )?[`"'][^`"']{1,60}[`"'] $/.test(plain.slice(0, token.start))
}

function followed(
  frame: Frame,
  first: readonly Token[],
  then: readonly Token[],
  words: number,
): Token | null {
  for (const a of first)
    for (const b of then)
      if (b.start > a.start && frame.wordAt(b.start) - frame.wordAt(a.start) - 1 <= words) return a
  return null
}
