import { unknownText } from '../texts.ts'
import { normalise, placeOf } from '../places.ts'
import type { Expr } from '../program.ts'
import type { Site } from './site.ts'

const becauseOf: Readonly<Record<string, string>> = {
  persistence: 'so that something runs by itself from then on',
  'agent-instructions': 'which tells agents what to do, also when the skill is gone',
  'covers-tracks': 'which is the record of what happened',
  'changes-system': 'which belongs to the system',
}
const everything =
  /^(?:~|\/|~\/\*|\/\*|[A-Z]:\/?|~\/(?:Documents|Desktop|Pictures|Library)\/?\*?|\/(?:home|Users|etc|usr|var|bin|boot)\/?\*?)$/

function shownPath(text: string): string {
  return normalise(text).replaceAll(unknownText, '…').slice(0, 80)
}

export function judgeRead(paths: readonly Expr[], { textsOf, shown, say }: Site): void {
  for (const text of paths.flatMap(textsOf))
    for (const { read, holds } of placeOf(text))
      if (read !== null && !(holds === 'history' && shown))
        say(
          'credential-files',
          read,
          `This reads ${shownPath(text)}, where ${holds === 'agent' ? 'an agent keeps its settings and conversations' : 'people keep keys, passwords or private data'}.`,
        )
}

export function judgeWrite(paths: readonly Expr[], data: readonly Expr[], site: Site): void {
  const { manifest, shown, say, textsOf, labelsOf } = site
  if (!writes(site)) return
  for (const text of paths.flatMap(textsOf)) {
    const path = shownPath(text)
    for (const { write } of placeOf(text))
      if (write !== null && !(write.rule === 'persistence' && startsNothing(data, site)))
        say(
          write.rule,
          write.severity,
          `This writes ${path}, ${becauseOf[write.rule] ?? 'which is not the skill’s to change'}.`,
        )
    if (
      manifest !== null &&
      !shown &&
      /^(?:~|\/(?!tmp(?:\/|$)|dev\/|skill\/|proc\/self\/fd))/.test(normalise(text))
    )
      say('writes-elsewhere', 'medium', `This writes ${path}, outside the folders that the skill declares.`)
  }
  if (labelsOf(data).has('encrypted') && labelsOf(paths).has('home'))
    say(
      'destroys-files',
      'critical',
      "This encrypts files of the person's home folder in their place, so that they can't be read any more.",
    )
}

/** Settings alone: empty lines, comments and variables with plain values. */
function startsNothing(data: readonly Expr[], { textsOf }: Site): boolean {
  const texts = data.flatMap(textsOf)
  return (
    texts.length > 0 &&
    texts.every(
      (text) =>
        text.length < 4000 &&
        text.split('\n').every((line) => /^\s*(?:$|#(?!!)|(?:export\s+)?[A-Z_]{1,60}=[^`;&|(]*$)/.test(line)),
    )
  )
}

/** False for an `open` that only reads. */
function writes({ name, call, textsOf }: Site): boolean {
  if (!name.endsWith('open')) return true
  const mode = call.args[1] ?? call.named.get('mode')
  return mode !== undefined && /[wax+]/.test(textsOf(mode)[0] ?? '')
}

export function judgeDelete(paths: readonly Expr[], { name, say, textsOf, labelsOf, shown }: Site): void {
  const texts = paths.flatMap(textsOf).map((text) => normalise(text.trim()))
  const all = texts.find((text) => everything.test(text))
  const recursive =
    name !== 'rm' ||
    all?.endsWith('*') === true ||
    texts.some((text) => /^-[a-z]*[rR]|^--recursive/.test(text))
  if (all !== undefined && recursive && !/^os\.(?:remove|unlink|rmdir)$/.test(name))
    say('destroys-files', 'critical', `This deletes ${all} with everything in it.`)
  else if (!shown && labelsOf(paths).has('home'))
    say('destroys-files', 'high', "This deletes what it finds in the person's home folder.")
  for (const text of texts)
    for (const { write, holds } of placeOf(text))
      if (write !== null && (holds === 'history' || holds === 'logs'))
        say(
          write.rule,
          write.severity,
          `This deletes ${text.slice(0, 80)}, ${becauseOf[write.rule] ?? 'which is not the skill’s to delete'}.`,
        )
}
