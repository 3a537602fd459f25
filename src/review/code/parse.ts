import bash from '@ast-grep/lang-bash'
import python from '@ast-grep/lang-python'
import { Lang, parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi'
import { onDisk } from '../../shared/on-disk.ts'
import type { CodeLanguage } from './program.ts'

// The parsers are libraries that npm installed; the process may load each once.
const library = (language: typeof bash) => ({ ...language, libraryPath: onDisk(language.libraryPath) })
registerDynamicLanguage({ python: library(python), bash: library(bash) })

const parsers = { python: 'python', javascript: Lang.Tsx, shell: 'bash' } as const

/** The syntax tree. Takes time in proportion to the text; whoever calls bounds that. */
export function parseCode(language: CodeLanguage, text: string): SgNode {
  return parse(parsers[language], text).root()
}
