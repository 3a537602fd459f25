import { currentLanguage, currentLocale, currentWords, hasWords, t, type Words } from './t.ts'

/**
 * A sentence of the engine's in the language of the window. The engine speaks English, also where it writes things down
 * (journal, receipts) and on the command line; so its sentences are known by what they say. The engine's locale files have
 * each with `{{0}}`, `{{1}}` … where the code puts something in. What is put in is said in turn if it is a sentence of the
 * engine's itself or a list of them, text of several sentences sentence by sentence, and a command stays as it is. What nobody translated stays English.
 */
export function say(english: string): string {
  if (currentLanguage() === 'en') return english
  if (hasWords(english)) return t(english)
  const each = sentences(english).map((one) => ({ one, said: whole(one) }))
  // Where every sentence is known by itself, none of them is what another one puts in.
  if (each.length > 1 && each.every(({ said }) => said !== null))
    return each.map(({ said }) => said).join(' ')
  return whole(english) ?? each.map(({ one, said }) => said ?? one).join(' ')
}

function whole(english: string): string | null {
  if (hasWords(english)) return t(english)
  const command = /^(.*?:)\s+((?:sudo|skillet|npm) .+)$/.exec(english)
  if (command !== null) {
    const [, words = '', what = ''] = command
    return hasWords(words) ? `${t(words)} ${t('{{command}}', { command: what })}` : null
  }
  for (const template of templatesOf(currentWords())) {
    const values = valuesOf(template, english)
    if (values === null) continue
    const said = Object.entries(values).map(([place, value]) => [place, part(value)])
    return t(template.key, Object.fromEntries(said))
  }
  return null
}

/** What is put in: a sentence itself, one that begins in lower case inside another, several of them, or a name. */
function part(value: string): string {
  const said = whole(value) ?? whole(value.charAt(0).toUpperCase() + value.slice(1))
  if (said !== null) return said
  const parts = value.split(/, | and | or /)
  // A list of names and of sentences, not text in which these signs mean something else.
  if (parts.length === 1 || parts.some((one) => / /.test(one) && part(one) === one)) return value
  return new Intl.ListFormat(currentLocale(), {
    type: / or /.test(value) ? 'disjunction' : 'conjunction',
  }).format(parts.map(part))
}

interface Template {
  key: string
  /** The fixed parts, between which the values stand. */
  parts: readonly string[]
  /** Which value each place between them is: `0` for `{{0}}`. */
  places: readonly string[]
}

const made = new WeakMap<Words, readonly Template[]>()

/** Of two that fit, the one with more words of its own is meant: it comes first. */
function templatesOf(words: Words): readonly Template[] {
  const weight = ({ parts }: Template) => parts.join('').length
  const templates =
    made.get(words) ??
    Object.keys(words)
      .filter((key) => key.includes('{{0}}'))
      .map(templateOf)
      .sort((a, b) => weight(b) - weight(a))
  made.set(words, templates)
  return templates
}

export function templateOf(key: string): Template {
  const pieces = key.split(/\{\{(\d+)\}\}/)
  return {
    key,
    parts: pieces.filter((_, index) => index % 2 === 0),
    places: pieces.filter((_, index) => index % 2 === 1),
  }
}

/** What stands in the template's places; null where the text isn't of its form. Looks at each character once a part. */
export function valuesOf({ parts, places }: Template, text: string): Record<string, string> | null {
  const [first = '', ...rest] = parts
  const last = rest.at(-1) ?? ''
  const end = text.length - last.length
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return null
  const values: Record<string, string> = {}
  let from = first.length
  for (const [index, place] of places.entries()) {
    const part = rest[index] ?? ''
    const to = index === places.length - 1 ? end : text.indexOf(part, from)
    if (to <= from || to > end) return null
    values[place] = text.slice(from, to)
    from = to + part.length
  }
  return values
}

/** "It is. What it needs." → each sentence by itself. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?:])\s+(?=[\p{Lu}“«])/u)
}
