/**
 * How one secret is written in one encoding: piece by piece, each in any of several spellings. A secret that is partly
 * escaped, in either case or across two lines, is the same form.
 */
export interface Form {
  readonly pieces: readonly (readonly string[])[]
  /** What may stand between two pieces, once. */
  readonly breaks: readonly string[]
  /** Whether A–Z count as a–z; then the spellings are in lower case. */
  readonly anyCase: boolean
  /** How many of the last pieces may be missing: base64's padding, and what leads to it. */
  readonly optional: number
}

/** Below this many characters, base64 from the middle of something longer is too short to mean the secret. */
const shortestFragment = 8

/**
 * Every form in which a secret of at least four characters is likely to leave by accident: as text, escaped for URLs,
 * forms, JSON, HTML or a shell, wholly or in part and in any case; as base64, with either alphabet, in the middle of
 * something longer, with or without padding, over several lines; as hexadecimal.
 *
 * Nothing is turned around, encoded twice or encrypted by accident: what a skill does to a key on purpose, no list of
 * forms can follow, and that it may take it nowhere is the sandbox's work.
 */
export function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value, 'utf8')
  return [textForm(value), ...[0, 1, 2].flatMap((offset) => base64Form(bytes, offset)), hexForm(bytes)]
}

/** The same form among bytes that are read as latin1, one character each. */
export function amongBytes(form: Form): Form {
  return {
    ...form,
    pieces: form.pieces.map((spellings) => spellings.map((text) => Buffer.from(text).toString('latin1'))),
  }
}

function textForm(value: string): Form {
  const pieces = Array.from(value, (character) => [...new Set(spellingsOf(character))])
  return { pieces, breaks: [], anyCase: true, optional: 0 }
}

const entities: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }
const controls: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' }

/** One character as it is, and as URLs, forms, JSON, HTML and shells write it. */
function spellingsOf(character: string): string[] {
  const hex = Buffer.from(character, 'utf8').toString('hex')
  const percent = hex.replace(/../g, '%$&')
  // Letters and digits are percent-encoded by some; nobody escapes them otherwise.
  if (/[a-z0-9]/i.test(character)) return [lower(character), percent]
  const code = character.codePointAt(0)!
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  const entity = entities[character]
  return [
    lower(character),
    percent,
    units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join(''),
    hex.replace(/../g, '\\x$&'),
    `&#${code};`,
    `&#x${code.toString(16)};`,
    ...(entity === undefined ? [] : [`&${entity};`]),
    ...(character === ' ' ? ['+'] : []),
    ...(code > 0x20 && code < 0x7f ? [`\\${character}`] : []),
    ...(character in controls ? [`\\${controls[character]}`] : []),
  ]
}

/**
 * The characters that base64 is bound to produce for `bytes` after any `offset` (mod 3) bytes and before any others; at
 * their end, where nothing stands before them, what they end with alone.
 */
function base64Form(bytes: Buffer, offset: number): Form[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const from = Math.ceil((offset * 8) / 6)
  const to = Math.floor(((offset + bytes.length) * 8) / 6)
  const isFragment = to - from >= shortestFragment
  if (offset > 0 && !isFragment) return []
  const whole = text.slice(from, offset === 0 ? text.length : to)
  const padding = /=*$/.exec(whole)![0].length
  return [
    {
      pieces: Array.from(whole, (character) => base64Spellings[character] ?? [character]),
      breaks: ['\n', '\r\n', '\\n', '\\r\\n'],
      anyCase: false,
      optional: isFragment ? whole.length - (to - from) : padding,
    },
  ]
}

/** base64url, and base64 in URLs and JSON (RFC 4648 §4, §5). */
const base64Spellings: Record<string, string[]> = {
  '+': ['+', '-', '%2B', '%2b', '\\u002b', '\\u002B'],
  '/': ['/', '_', '%2F', '%2f', '\\/'],
  '=': ['=', '%3D', '%3d', '\\u003d', '\\u003D'],
}

function hexForm(bytes: Buffer): Form {
  const pieces = Array.from(bytes, (byte) => [byte.toString(16).padStart(2, '0')])
  return { pieces, breaks: [' ', ':', '\\x'], anyCase: true, optional: 0 }
}

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
