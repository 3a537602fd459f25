import { isCode, isComment, type TextFile } from '../source-file.ts'
import { fold } from './fold.ts'
import { readPassages, sentencesOf, type Passage } from './passages.ts'

/** Characters of one text in a data file that are read as sentences. */
const maxText = 2000
const pages = /\.(?:mdx|mdc|adoc|org|html?|prompt|tmpl|j2|tpl)$/i
const data = /\.(?:jsonc?|json5|ya?ml|toml|ini|cfg|conf|xml|properties|plist)$/i
const quoted = /"((?:[^"\\\n]|\\.){24,2000})"|'((?:[^'\\\n]|\\.){24,2000})'/g

/** True for a file of settings or data, which can hold texts for agents beside much else. */
export function isData(file: TextFile): boolean {
  return file.language === 'other' && (data.test(file.path) || pages.test(file.path))
}

/**
 * What a file says to an agent. Documents are read whole; of data, every text that is long enough to ask for
 * something: the description of a tool is read by agents as much as SKILL.md.
 */
export function textsForAgents(file: TextFile, purpose: string): Passage[] {
  if (file.language === 'markdown' || pages.test(file.path)) return readPassages(file)
  if (!isData(file)) return []
  return file.lines.flatMap((line, index) => {
    if (/^\s*#/.test(line)) return passagesFrom(file, index, line.replace(/^\s*#+/, ''), purpose)
    const texts = [...line.matchAll(quoted)].map((match) => match[1] ?? match[2] ?? '')
    const plain =
      texts.length === 0 && line.length <= maxText ? [line.replace(/^\s*(?:- )?[\w.-]{1,60}:\s/, '')] : texts
    return plain.flatMap((text) => passagesFrom(file, index, text, purpose))
  })
}

/** Comments and messages in code: an agent that reads a script, or what it prints, reads these. */
export function remarksForAgents(file: TextFile, purpose: string): Passage[] {
  if (!isCode(file)) return []
  return file.lines.flatMap((line, index) => {
    if (isComment(file, line))
      return passagesFrom(file, index, line.replace(/^\s*(?:#+|\/\/+|\*)/, ''), purpose)
    return [...line.slice(0, maxText).matchAll(quoted)].flatMap((match) =>
      passagesFrom(file, index, match[1] ?? match[2] ?? '', purpose),
    )
  })
}

/** A text of at least four words. It stands alone, so what the skill is for stands in for a heading. */
function passagesFrom(file: TextFile, index: number, text: string, purpose: string): Passage[] {
  const whole = text.replace(/\\[nrt]/g, ' ').trim()
  const folded = fold(whole)
  if ((folded.match(/ /g) ?? []).length < 3 && !/\P{ASCII}/u.test(folded)) return []
  const passages: Passage[] = []
  for (const { text: sentence } of sentencesOf(whole, index + 1)) {
    const plain = fold(sentence)
    if (plain === '') continue
    passages.push({
      file: file.path,
      line: index + 1,
      kind: 'quote',
      text: sentence.trim(),
      plain,
      heading: purpose,
      section: index,
      intro: passages.at(-1)?.plain ?? '',
    })
  }
  return passages
}
