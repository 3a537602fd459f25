import { amongBytes, formsOf, type Form } from './encodings.ts'

/** Where a secret stands in a text. */
export interface Hit {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Finds known secrets in every form (`formsOf`). */
export interface Needles {
  /**
   * All hits, in order of their starts. `undecided`: from there on more text may make a hit, or a longer one; the
   * text's length where nothing may, and always where this is its end (`final`).
   *
   * @param before the character before the text, for what counts only where it stands alone
   */
  find(text: string, before: string, final: boolean): { hits: Hit[]; undecided: number }
}

interface Named {
  readonly name: string
  readonly form: Form
}

/** Secrets shorter than this have no other forms, and are found only where they stand alone. */
const shortSecret = 4
/** How many characters of a form's beginning are looked for at once, and how many places are passed at a time. */
const gramLength = 4
const stride = 2
/** What must be known of a form's beginning so that one of its grams lies where one is looked for. */
const beginningLength = gramLength + stride - 1

/**
 * @param inBytes whether the texts are bytes, read as latin1
 */
export function createNeedles(secrets: Readonly<Record<string, string>>, inBytes = false): Needles {
  const values = Object.entries(secrets).filter(([, value]) => value !== '')
  // As they are, these are too short for the table.
  const short = values.filter(([, value]) => value.length < beginningLength)
  const long = values
    .filter(([, value]) => value.length >= shortSecret)
    .flatMap(([name, value]) =>
      formsOf(value).map((form): Named => ({ name, form: inBytes ? amongBytes(form) : form })),
    )
  const grams = long.length > 0 ? gramTable(long) : null
  return {
    find(text, before, final) {
      const hits: Hit[] = []
      let undecided = text.length
      const look = (candidates: readonly Named[], at: number) => {
        for (const { name, form } of candidates) {
          const { end, open } = matchAt(form, text, at)
          if (open && !final) undecided = Math.min(undecided, at)
          if (end > at) hits.push({ name, start: at, end })
        }
      }
      if (grams !== null) {
        grams.scan(text, look)
        // Too near to the end for the table.
        for (let at = Math.max(0, text.length - beginningLength + 1); at < text.length; at++)
          look(grams.beginningWith(text.charCodeAt(at)), at)
      }
      for (const [name, value] of short) {
        const standsAlone = value.length < shortSecret
        for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
          const end = at + value.length
          // What follows isn't known yet.
          if (standsAlone && end === text.length && !final) undecided = Math.min(undecided, at)
          else if (!standsAlone || !(isWord(at > 0 ? text[at - 1] : before) || isWord(text[end])))
            hits.push({ name, start: at, end })
        }
        for (let length = 1; length < value.length && !final; length++)
          if (text.endsWith(value.slice(0, length))) undecided = Math.min(undecided, text.length - length)
      }
      return { hits: hits.sort((a, b) => a.start - b.start || b.end - a.end), undecided }
    },
  }
}

const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character)

/**
 * Which forms begin with given characters. Four are looked at at once, at every other place. Almost all are dismissed by
 * one look at a table of bytes, which has far more places than there are beginnings; only what passes is compared.
 */
function gramTable(all: readonly Named[]) {
  const byGram = Array.from({ length: stride }, () => new Map<number, Named[]>())
  const byFirst = new Map<number, Named[]>()
  const put = (map: Map<number, Named[]>, key: number, named: Named) => {
    const known = map.get(key)
    if (known === undefined) map.set(key, [named])
    else if (known.at(-1) !== named) known.push(named)
  }
  for (const named of all)
    for (const start of beginningsOf(named.form)) {
      byGram.forEach((map, offset) => put(map, gramOf(start, offset), named))
      put(byFirst, folded(start.charCodeAt(0)), named)
    }
  const count = byGram.reduce((sum, { size }) => sum + size, 0)
  const bits = Math.max(12, Math.min(18, Math.ceil(Math.log2(count * 128))))
  const shift = 32 - bits
  const maybe = new Uint8Array(1 << bits)
  for (const map of byGram) for (const gram of map.keys()) maybe[placeOf(gram, shift)] = 1
  // The lower byte of each character: a hash needs no more. A buffer for each text would take longer than the search.
  const bytes = Buffer.allocUnsafeSlow(16 * 1024)
  const pairs = new Uint16Array(bytes.buffer)
  return {
    beginningWith: (code: number): readonly Named[] => byFirst.get(folded(code)) ?? [],
    scan(text: string, look: (candidates: readonly Named[], at: number) => void): void {
      let gram = 0
      for (let from = 0; from < text.length; from += bytes.length) {
        const written = bytes.write(text.slice(from, from + bytes.length), 'latin1')
        for (let index = 0; index < written >> 1; index++) {
          gram = (gram >>> 16) | (pairs[index]! << 16) | 0x20202020
          if (maybe[placeOf(gram, shift)] === 0) continue
          for (let offset = 0; offset < stride; offset++) {
            const at = from + (index - 1) * stride - offset
            const candidates = byGram[offset]!.get(gram)
            if (candidates !== undefined && at >= 0) look(candidates, at)
          }
        }
      }
    },
  }
}

/** Upper- and lower-case letters are the same; some other characters become so too, which comparing sorts out. */
const folded = (code: number) => (code & 0xff) | 0x20
const placeOf = (gram: number, shift: number) => Math.imul(gram, 0x9e3779b1) >>> shift

/** As two pairs of bytes have it, the first one lowest: what computers that Skillet runs on read from memory. */
function gramOf(text: string, from: number): number {
  let gram = 0
  for (let index = from + gramLength - 1; index >= from; index--)
    gram = (gram << 8) | folded(text.charCodeAt(index))
  return gram
}

/** The first characters of a form, in every spelling. */
function beginningsOf({ pieces, breaks }: Form): Set<string> {
  const found = new Set<string>()
  const grow = (text: string, index: number) => {
    if (text.length >= beginningLength) return void found.add(text.slice(0, beginningLength))
    for (const between of index === 0 ? [''] : ['', ...breaks])
      for (const spelling of pieces[index] ?? []) grow(text + between + spelling, index + 1)
  }
  grow('', 0)
  return found
}

/** Where the form that begins at `at` ends, -1 where none does. `open`: more text may make it one, or a longer one. */
function matchAt({ pieces, breaks, anyCase, optional }: Form, text: string, at: number) {
  let open = false
  let end = -1
  const step = (places: readonly number[], spellings: readonly string[]): number[] => {
    const next: number[] = []
    for (const place of places)
      for (const spelling of spellings) {
        const seen = spelledAt(text, place, spelling, anyCase)
        if (seen === 'begins') open = true
        else if (seen === 'whole' && !next.includes(place + spelling.length))
          next.push(place + spelling.length)
      }
    return next
  }
  // Several at once where one spelling begins another, as `%` does `%25`.
  let places = [at]
  for (let index = 0; index < pieces.length; index++) {
    if (index > 0 && breaks.length > 0) places = [...places, ...step(places, breaks)]
    places = step(places, pieces[index]!)
    if (places.length === 0) break
    if (index >= pieces.length - optional - 1) end = Math.max(...places)
  }
  return { end, open }
}

function spelledAt(text: string, at: number, spelling: string, anyCase: boolean): 'whole' | 'begins' | 'not' {
  for (let index = 0; index < spelling.length; index++) {
    const place = at + index
    if (place >= text.length) return 'begins'
    let code = text.charCodeAt(place)
    if (anyCase && code >= 65 && code <= 90) code += 32
    if (code !== spelling.charCodeAt(index)) return 'not'
  }
  return 'whole'
}
