import { parse, stringify, type TomlTable } from 'smol-toml'
import { ConfigProblem } from './json-config.ts'

/** TOML → its value. @throws ConfigProblem */
export function readTomlConfig(text: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new ConfigProblem('it is not valid TOML')
  }
}

/** Adds a table of its own at the end; whether the document allows it there, the caller finds out by reading the result. */
export function addTomlTable(text: string, path: readonly string[], name: string, value: TomlTable): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = [`[${[...path, name].join('.')}]`, ...stringify(value).trimEnd().split('\n')]
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol
  return `${text}${gap}${lines.join(eol)}${eol}`
}

/** Takes such a table out: from its header to the next one, or to the first empty line. */
export function removeTomlTable(text: string, path: readonly string[], name: string): string {
  const header = [...path, name].map((key) => `(?:${key}|"${key}")`).join('\\s*\\.\\s*')
  const table = new RegExp(
    `(?:\\r?\\n)?^[ \\t]*\\[\\s*${header}\\s*\\][^\\n]*(?:\\n(?![ \\t]*\\[)[^\\n]*\\S[^\\n]*)*(?:\\n|$)`,
    'm',
  )
  return text.replace(table, '')
}
