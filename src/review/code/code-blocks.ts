import type { TextFile } from '../source-file.ts'
import type { CodeLanguage, Source } from './program.ts'

const languages: Readonly<Record<string, CodeLanguage>> = {
  python: 'python',
  python3: 'python',
  py: 'python',
  js: 'javascript',
  javascript: 'javascript',
  mjs: 'javascript',
  jsx: 'javascript',
  ts: 'javascript',
  typescript: 'javascript',
  tsx: 'javascript',
  node: 'javascript',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  shell: 'shell',
}
const fence = /^ {0,12}(`{3,}|~{3,})\s*([\w+-]*)/
/** Words before an example that say it is one of what not to do. */
const warned =
  /\b(?:bad|wrong|avoid|never|don['’]t|do not|malicious|attack|attacker|exploit|payload|vulnerab|insecure|unsafe|dangerous|anti-?pattern|detect|suspicious|red flag|injection|❌|🚫|evil|adversar)/i

/** The code blocks of a document that name a language which is scanned, without those that are shown as a warning. */
export function codeBlocksOf(file: TextFile): { source: Source; text: string }[] {
  const blocks: { source: Source; text: string }[] = []
  let open: { mark: string; language: CodeLanguage | undefined; start: number } | null = null
  for (const [index, line] of file.lines.entries()) {
    const found = line.length > 400 ? null : fence.exec(line)
    if (open === null) {
      if (found?.[1] !== undefined)
        open = { mark: found[1], language: languages[(found[2] ?? '').toLowerCase()], start: index + 1 }
    } else if (found?.[1] !== undefined && found[1].startsWith(open.mark) && found[2] === '') {
      const { language, start } = open
      const before = file.lines
        .slice(Math.max(0, start - 5), start - 1)
        .map((text) => text.slice(0, 400))
        .join(' ')
      if (language !== undefined && !warned.test(before))
        blocks.push({
          source: { file: file.path, language, where: 'document', above: start },
          text: file.lines.slice(start, index).join('\n'),
        })
      open = null
    }
  }
  return blocks
}
