import type { TextFile } from '../source-file.ts'
import { fold } from './fold.ts'

/**
 * A sentence, or a line of a block that has none. `description`: what SKILL.md says of itself. `comment`: not shown
 * to people. `code`: a line of a fenced block. `cell`: a row of a table.
 */
export type PassageKind = 'sentence' | 'heading' | 'cell' | 'quote' | 'code' | 'comment' | 'description'

export interface Passage {
  readonly file: string
  readonly line: number
  readonly kind: PassageKind
  /** As written. */
  readonly text: string
  /** Folded: what the patterns are held against. */
  readonly plain: string
  /** Folded headings above, outermost first. */
  readonly heading: string
  /** Counts sections of the file: passages of one section belong to one train of thought. */
  readonly section: number
  /** Folded passage before this one that is not code, or the one that introduces this block of code. */
  readonly intro: string
}

/** Characters of one passage. A longer sentence is cut, so that no pattern runs far. */
const maxPassage = 1000

interface Reader {
  readonly add: (line: number, kind: PassageKind, text: string) => void
  readonly heading: (line: number, level: number, text: string) => void
}

/** Cuts a document into what it says, in order. Reads each line once. */
export function readPassages(file: TextFile): Passage[] {
  const passages: Passage[] = []
  const headings: { level: number; text: string }[] = []
  let section = 0
  let intro = ''
  const push = (line: number, kind: PassageKind, text: string) => {
    const plain = fold(text)
    if (plain === '') return
    const heading = headings.map((above) => above.text).join(' > ')
    passages.push({ file: file.path, line, kind, text: text.trim(), plain, heading, section, intro })
    if (kind !== 'code') intro = plain
  }
  walkLines(file.lines, {
    add: (line, kind, text) => {
      if (kind === 'code' || kind === 'cell') for (const part of slices(text)) push(line, kind, part)
      else for (const sentence of sentencesOf(text, line)) push(sentence.line, kind, sentence.text)
    },
    heading: (line, level, text) => {
      while ((headings.at(-1)?.level ?? 0) >= level) headings.pop()
      section += 1
      push(line, 'heading', text)
      headings.push({ level, text: fold(text).slice(0, 200) })
      if (headings.length > 6) headings.shift()
    },
  })
  return passages
}

const openFence = /^\s{0,12}(?:[-*+>]\s{0,4})?(`{3,}|~{3,})/
const listItem = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ x]\]\s+)?/

function walkLines(lines: readonly string[], reader: Reader): void {
  let fence: string | null = null
  let comment: { line: number; text: string } | null = null
  let paragraph: { line: number; kind: PassageKind; text: string } | null = null
  let front = lines[0]?.replace(/^\ufeff/, '').trim() === '---'
  const flush = () => {
    if (paragraph !== null) reader.add(paragraph.line, paragraph.kind, paragraph.text)
    paragraph = null
  }
  for (const [index, raw] of lines.entries()) {
    const number = index + 1
    if (front) {
      if (index > 0 && /^---\s*$/.test(raw)) {
        front = false
        flush()
        continue
      }
      // Each key begins a passage; the lines of a folded description continue it.
      const value = /^[A-Za-z_-]+:\s*(?:[>|][+-]?\s*$)?(.*)$/.exec(raw)
      if (value !== null) {
        flush()
        if (raw.startsWith('description:'))
          paragraph = { line: number, kind: 'description', text: value[1] ?? '' }
      } else if (paragraph !== null) paragraph = extended(paragraph, raw)
      continue
    }
    if (fence !== null) {
      if (raw.trim().startsWith(fence) && /^[`~]+$/.test(raw.trim())) fence = null
      else reader.add(number, 'code', raw)
      continue
    }
    let line = raw
    if (comment !== null) {
      const end = line.indexOf('-->')
      comment.text += `\n${end < 0 ? line : line.slice(0, end)}`
      if (end < 0) continue
      reader.add(comment.line, 'comment', comment.text)
      comment = null
      line = line.slice(end + 3)
    }
    for (let start = line.indexOf('<!--'); start >= 0; start = line.indexOf('<!--')) {
      const end = line.indexOf('-->', start + 4)
      if (end < 0) {
        comment = { line: number, text: line.slice(start + 4) }
        line = line.slice(0, start)
        break
      }
      reader.add(number, 'comment', line.slice(start + 4, end))
      line = `${line.slice(0, start)} ${line.slice(end + 3)}`
    }
    const opened = openFence.exec(line)?.[1]
    if (opened !== undefined) {
      flush()
      fence = opened
      continue
    }
    const heading = /^\s{0,3}(#{1,6})\s+(.*)$/.exec(line)
    if (heading !== null) {
      flush()
      reader.heading(number, heading[1]?.length ?? 1, (heading[2] ?? '').replace(/#+\s*$/, ''))
    } else if (line.trim() === '') flush()
    else if (/^\s*\|/.test(line)) {
      flush()
      if (!/^[\s|:-]+$/.test(line)) reader.add(number, 'cell', line)
    } else if (/^\s*>/.test(line)) {
      const text = line.replace(/^[\s>]+/, '')
      if (paragraph?.kind === 'quote') paragraph = extended(paragraph, text)
      else {
        flush()
        paragraph = { line: number, kind: 'quote', text }
      }
    } else if (listItem.test(line)) {
      flush()
      paragraph = { line: number, kind: 'sentence', text: line.replace(listItem, '') }
    } else if (paragraph === null) paragraph = { line: number, kind: 'sentence', text: line }
    else paragraph = extended(paragraph, line)
  }
  flush()
  // What a comment that never ends swallows is still read by an agent.
  if (comment !== null) reader.add(comment.line, 'comment', comment.text)
}

function extended<P extends { text: string }>(paragraph: P, line: string): P {
  paragraph.text += `\n${line}`
  return paragraph
}

const sentenceEnd = /[.!?](?=["'”’)\]]{0,2}\s)|[。！？]|\n\s*\n/g

/** The sentences of a text, each with its line; `line` is that of the text. */
export function* sentencesOf(text: string, line: number): Generator<{ line: number; text: string }> {
  let start = 0
  let at = line
  const cut = function* (end: number) {
    const part = text.slice(start, end)
    const lead = /^\s*/.exec(part)?.[0] ?? ''
    const first = at + countBreaks(lead)
    for (const slice of slices(part.slice(lead.length))) yield { line: first, text: slice }
    at += countBreaks(part)
    start = end
  }
  for (const match of text.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length
    // "e.g. this", "v1. 2" and a lone initial end no sentence.
    if (
      /(?:\b(?:e\.g|i\.e|etc|vs|approx|no|cf|mr|dr)|\b[a-z])\.$/i.test(
        text.slice(Math.max(start, end - 8), end),
      )
    )
      continue
    yield* cut(end)
  }
  if (start < text.length) yield* cut(text.length)
}

function countBreaks(text: string): number {
  let breaks = 0
  for (const character of text) if (character === '\n') breaks += 1
  return breaks
}

/** Pieces of at most `maxPassage`, overlapping, so that nothing hides on a border. */
function* slices(text: string): Generator<string> {
  if (text.length <= maxPassage) yield text
  else for (let at = 0; at < text.length; at += maxPassage - 200) yield text.slice(at, at + maxPassage)
}
