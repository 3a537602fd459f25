import { hostOf } from '../../hosts.ts'
import { isCovered, isNamedIn, saysLittle } from '../fit.ts'
import type { Destination, Frame } from '../frame.ts'
import { isEnglish } from '../language.ts'
import { isNegated } from '../stance.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { isOrdered, meantBefore, near, type DeedFinder } from './deed.ts'

/** Something of the person's goes to a place that nothing is known of. */
export const findEgress: DeedFinder = (frame, purpose, next, before) => {
  const { destinations } = frame
  if (destinations.length === 0) return null
  const verb = leaving(frame)
  if (verb === null || isNegated(frame.passage.plain, verb.start)) return null
  const named = destinations.every((one) => isNamedIn(purpose, hostOfDestination(one)))
  const suits = named || isCovered(purpose, 'exchange')
  const [full, rule, message] = contentOf(frame, before)
  const beyond = full < 3 && isBeyond(frame) ? 1 : 0
  const weight = isLookup(frame, verb)
    ? Math.min(full, 1)
    : full + beyond - (full < 3 && isAnswered(frame, next) ? 1 : 0)
  return {
    rule,
    start: verb.start,
    weight,
    fit: suits ? 'suits' : saysLittle(purpose) ? 'open' : 'unfit',
    message,
  }
}

/** More than the task needs: all of a kind, a copy, or something on the side. */
function isBeyond(frame: Frame): boolean {
  return (
    frame.has('whichever') ||
    /\b(?:also|as well|too|besides|additionally|in addition|on the side|duplicates?|whole|afterwards|anyway)\b|\b(?:außerdem|nebenbei|auch|zusätzlich|también|además|aussi|en plus|ensuite|também|além disso|depois|también|después)\b|также|затем|同时|另外|然后|また|その後/u.test(
      frame.passage.plain,
    )
  )
}

/** An address that is filled in and asked for an answer, which carries no more than the question. */
function isLookup(frame: Frame, verb: Token): boolean {
  const asked = frame.has('fetch') && !frame.has('send') && !frame.has('credential')
  return asked && frame.destinations.some(({ start }) => start === verb.start)
}

/** What comes back is what the person wants: a call, and no handing over. */
function isAnswered(frame: Frame, next: readonly Frame[]): boolean {
  return [frame, ...next.slice(0, 1)].some(({ passage }) => answered.test(passage.plain))
}

const answered =
  /\b(?:show|display|returns?|returned|use|read out|present|insert|gives? back|answers? with)\b[^.]{0,40}\b(?:score|results?|answers?|responses?|reply|suggestions?|translations?|names?|state|list|summary|it returns)\b/

/** The verb by which something leaves, or null where nothing does. */
function leaving(frame: Frame): Token | null {
  const places = frame.destinations.map(({ start, text }) => ({
    word: text,
    start,
    end: start + text.length,
  }))
  const towards = places.filter((_place, at) => frame.destinations[at]?.towards === true)
  // In English what is sent somewhere stands before the place.
  const last = Math.max(...places.map(({ start }) => start))
  const before = (verb: Token) => verb.start < last || !isEnglish(frame.tokens)
  const filled = frame.destinations.find((one) => one.filled && one.kind === 'address')
  return (
    near(frame, frame.spans('send').filter(before), towards, 160) ??
    near(
      frame,
      frame.spans('send'),
      places.filter(({ start }) => !isLink(frame, start)),
      30,
    ) ??
    near(frame, frame.spans('place').filter(before), towards, 160) ??
    (filled === undefined ? null : { word: filled.text, start: filled.start, end: filled.start })
  )
}

/** `[words](address)`: an address that is cited, unless something leads there. */
function isLink(frame: Frame, start: number): boolean {
  return frame.passage.plain.slice(Math.max(0, start - 2), start) === ']('
}

function contentOf(here: Frame, before: readonly Frame[]): [weight: number, rule: string, message: string] {
  const last = before.at(-1)
  const frame: Pick<Frame, 'has'> = {
    has: (...all) =>
      all.every(
        (one) =>
          here.has(one) ||
          (last !== undefined && one !== 'conversation' && meantBefore(here, before, one).length > 0),
      ),
  }
  if (frame.has('credential') || takesAll(here))
    return [4, 'prose/sends-secrets', 'This hands keys or passwords of the person to somebody else.']
  if (frame.has('conversation'))
    return [3, 'prose/sends-conversation', 'This hands what was said in confidence to somebody else.']
  if (frame.has('personal'))
    return [
      2,
      'prose/sends-data',
      'This hands private details of people to a place that nothing is known of.',
    ]
  if (frame.has('work'))
    return [1, 'prose/sends-data', 'This hands what the person works on to a place that nothing is known of.']
  return [1, 'prose/sends-data', 'This sends something to a place that nothing is known of.']
}

function hostOfDestination({ kind, text }: Destination): string {
  return kind === 'address' ? (hostOf(text) ?? text) : kind === 'mail' ? (text.split('@')[1] ?? text) : text
}

/**
 * The same without an address: what goes out by itself or where everybody reads it, as branch names, issues, lookups
 * and the parameters of somebody's tool do.
 */
export const findLeak: DeedFinder = (frame, _purpose, _next, before) => {
  const out = near(frame, [...frame.spans('send'), ...frame.spans('place')], frame.spans('carrier'), 80)
  const tool = frame.passage.kind === 'quote' && /\.(?:json|ya?ml|toml)$/i.test(frame.passage.file)
  const grave = frame.has('credential') || takesAll(frame)
  const told = frame.has('conversation') && frame.has('whichever')
  const open =
    /\bpublic (?:issue|tracker|fork|repositor|gist|channel|page|bucket|thread|forum)|'s public \w+|\bsubdomain|\bname lookups?\b|\blook (?:it|them|each)[^.]{0,20} up\b|\bdig\b/.test(
      frame.passage.plain,
    )
  if (!grave && !told && !(frame.has('key') && open)) return null
  const verbs = [...frame.spans('send'), ...frame.spans('place'), ...frame.spans('read')]
  const verb = out ?? (tool || open ? (verbs[0] ?? null) : null)
  if (verb === null && !(tool && told)) return null
  const start = verb?.start ?? 0
  if (isNegated(frame.passage.plain, start) || (verb !== null && !isOrdered(frame, verb) && !tool))
    return null
  const [, rule, message] = contentOf(frame, before)
  return { rule, start, weight: open && !told ? 3 : 2, fit: 'open', message }
}

/** Not the one key that a service needs, but all that there are. */
function takesAll(frame: Frame): boolean {
  const all = frame.spans('whichever')
  return frame.spans('key').some((key) => all.some(({ end }) => key.start >= end && key.start - end <= 24))
}
