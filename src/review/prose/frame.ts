import { hostKind, hostOf, isStrange, urlsIn } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import { actions } from './lexicon/actions.ts'
import { manners } from './lexicon/manners.ts'
import { objects } from './lexicon/objects.ts'
import { places } from './lexicon/places.ts'
import { readLexicon, tokensOf, type Token } from './lexicon/read-lexicon.ts'
import type { Passage } from './passages.ts'

const lexicon = readLexicon({ ...actions, ...objects, ...manners })
export type Meaning = keyof typeof actions | keyof typeof objects | keyof typeof manners

/** An end of a line that is somebody else's: what stands before it tells whether something goes there. */
export interface Destination {
  readonly start: number
  readonly text: string
  readonly kind: 'address' | 'mail' | 'host'
  /** A word of direction leads there: "under …", "an …", "到 …". */
  readonly towards: boolean
  /** Blanks in the address that are to be filled in. */
  readonly filled: boolean
}

/** What a passage asks for, taken apart: which meanings it has where, and which strange places it names. */
export interface Frame {
  readonly passage: Passage
  readonly tokens: readonly Token[]
  readonly spans: (meaning: Meaning) => readonly Token[]
  readonly has: (...meanings: Meaning[]) => boolean
  readonly destinations: readonly Destination[]
  /** Which word a place is, counted from the start. In scripts without spaces many places share one. */
  readonly wordAt: (start: number) => number
}

const cache = new WeakMap<Passage, Frame>()

export function frameOf(passage: Passage): Frame {
  const known = cache.get(passage)
  if (known !== undefined) return known
  const tokens = tokensOf(passage.plain)
  const found = lexicon.find(tokens, passage.plain)
  const possible = patterns.possible(passage.plain)
  for (const [name, pattern] of placePatterns) {
    const match = possible.includes(pattern) ? pattern.exec(passage.plain) : null
    if (match !== null)
      found.set(name, [
        ...(found.get(name) ?? []),
        { word: match[0], start: match.index, end: match.index + match[0].length },
      ])
  }
  const spans = (meaning: Meaning) => found.get(meaning) ?? []
  const frame: Frame = {
    passage,
    tokens,
    spans,
    has: (...meanings) => meanings.every((meaning) => spans(meaning).length > 0),
    destinations: destinationsIn(passage, possible),
    wordAt: (start) => lastBefore(tokens, start),
  }
  cache.set(passage, frame)
  return frame
}

/** The last token that begins at or before a place. */
function lastBefore(tokens: readonly Token[], start: number): number {
  let [low, high] = [0, tokens.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tokens[middle]?.start ?? 0) <= start) low = middle
    else high = middle - 1
  }
  return low
}

/** Shares and stores that are no web addresses. */
const share =
  /\\\\[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}\\[^\s"'`<>|]{1,100}|\b(?:s3|gs|sftp|smb|rsync):\/\/[^\s"'`<>|)]{3,200}/gi
const mail = /[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,63}/g
const bare =
  /(?<![\w./@:-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|net|org|io|dev|app|ai|xyz|test|invalid|top|site|online|me|co|info|ru|cn|cloud)(?![\w.(-])/g
const direction =
  /(?:(?:^|[\s([])(?:to|for|at|under|into|in|on|onto|with|via|by|an|unter|auf|bei|uber|nach|a|en|sur|sous|chez|para|em|no|na|ao|на|по|в|к|через)\s*|[到在至给向往])[:\s"'`<([*]*$/u
/** "Available online at …": where something lies, not where something goes. */
const whereabouts =
  /\b(?:available|found|located|documented|described|listed|read|learn more|see)(?: \w+)? (?:at|on|in|under)[:\s"'`<([*]*$/
const backward = /^[\s"'`>)\]]*(?:に|へ|로|에)/
const blank = /[?&][\w-]{1,40}=[A-Z][A-Z_]{2,20}\b|[{<$[]|%7b|%3c/

const placePatterns = Object.entries(places) as [keyof typeof places, RegExp][]
const patterns = createPatternSet([...Object.values(places), mail, bare])

function destinationsIn(passage: Passage, possible: readonly RegExp[]): Destination[] {
  const { plain, text } = passage
  const found: Destination[] = []
  const add = (at: number, part: string, kind: Destination['kind']) =>
    found.push({
      start: at,
      text: part,
      kind,
      towards:
        (direction.test(beforeLink(plain.slice(Math.max(0, at - 80), at))) &&
          !whereabouts.test(plain.slice(Math.max(0, at - 60), at))) ||
        backward.test(plain.slice(at + part.length)),
      filled: false,
    })
  for (const url of urlsIn(text)) {
    const host = hostOf(url) ?? ''
    // A long sentence is cut anywhere: what has no dot any more is part of a host.
    if (!/[.:]/.test(host) || !isStrange(host) || /^example\.c?o?$/.test(host) || isExample(host)) continue
    const at = plain.indexOf(url.toLowerCase())
    const start = Math.max(0, at)
    add(start, url, 'address')
    const query = /[/?#].*$/.exec(url.slice(8))?.[0] ?? ''
    // A command is the business of the code scan.
    if (blank.test(query) && !/\bcurl\b/.test(plain.slice(Math.max(0, start - 60), start)))
      found.push({ ...(found.pop() as Destination), filled: true })
  }
  for (const match of /\\\\|:\/\//.test(text) ? text.matchAll(share) : [])
    add(match.index, match[0], 'address')
  for (const match of possible.includes(mail) ? plain.matchAll(mail) : [])
    if (!isExample((match[0].split('@')[1] ?? '').replace(/\.$/, ''))) add(match.index, match[0], 'mail')
  for (const match of possible.includes(bare) ? plain.matchAll(bare) : [])
    if (
      /(?:^|[\s(])(?:to|at|an|a|para|на|under|unter)[\s"'`]*$|[到给]\s*$/u.test(
        plain.slice(Math.max(0, match.index - 12), match.index),
      ) &&
      !isExample(match[0]) &&
      hostKind(match[0]) !== 'known' &&
      !found.some((one) => one.text.includes(match[0]))
    )
      add(match.index, match[0], 'host')
  return found
}

/** What stands before an address, or before the words that link to it. */
function beforeLink(before: string): string {
  return before.replace(/\[[^\][]{0,60}\]\($/, '').slice(-24)
}

/** Names that documents use for "any host" (RFC 2606). */
function isExample(host: string): boolean {
  return /(?:^|\.)(?:example\.(?:com|org|net)|(?:your|my)?[\w-]{0,20}(?:company|domain|org|corp|acme|email|server|site|host)\.(?:com|org|io|app|net|ai|dev))$/.test(
    host,
  )
}
