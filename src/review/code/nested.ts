import type { Flow } from './flow.ts'
import { unknownText } from './texts.ts'
import type { Call, CodeLanguage, Expr, Source, Unit } from './program.ts'

/** Code that stands as a text within other code. */
export interface NestedCode {
  /** The call that it stands in. */
  readonly call: Call
  readonly source: Source
  readonly text: string
}

const interpreters: Readonly<Record<string, CodeLanguage>> = {
  bash: 'shell',
  sh: 'shell',
  zsh: 'shell',
  dash: 'shell',
  ksh: 'shell',
  eval: 'shell',
  crontab: 'shell',
  at: 'shell',
  python: 'python',
  python3: 'python',
  node: 'javascript',
  bun: 'javascript',
  deno: 'javascript',
}
const extensions: Readonly<Record<string, CodeLanguage>> = {
  py: 'python',
  pth: 'python',
  sh: 'shell',
  bash: 'shell',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
}

/** Everything in a program that is itself a program: `bash -c "…"`, `os.system("…")`, `exec("…")`, a script that is written to a file. */
export function findNested(flow: Flow): NestedCode[] {
  const found: NestedCode[] = []
  flow.each((expr, unit) => {
    if (expr.kind === 'call') for (const code of nestedIn(expr, unit, flow)) found.push(code)
  })
  return found
}

function nestedIn(call: Call, unit: Unit, flow: Flow): NestedCode[] {
  const codes: NestedCode[] = []
  const name = flow.nameOf(call.of, unit)
  const add = (expr: Expr, language: CodeLanguage, text: string) => {
    if (text.trim().length < 4) return
    const above = unit.above + expr.line - 1
    codes.push({
      call,
      text: text.replaceAll(unknownText, '_'),
      source: { file: unit.file, language, where: unit.where === 'document' ? 'document' : 'inside', above },
    })
  }
  for (const rule of flow.rulesOf(call, unit)) {
    if (rule.does === 'evaluate')
      for (const expr of flow.pick(call, unit, rule.code))
        for (const text of flow.textsOf(expr, unit))
          if (!text.includes(unknownText)) add(expr, unit.language, text)
    if (rule.does === 'run' || rule.does === 'interpret')
      for (const expr of flow.pick(call, unit, rule.code)) {
        const language = unit.language === 'shell' ? interpreters[name] : 'shell'
        if (language === undefined) continue
        if (expr.kind === 'list')
          add(
            expr,
            'shell',
            expr.parts.map((part) => quoted(flow.textsOf(part, unit)[0] ?? unknownText)).join(' '),
          )
        else
          for (const text of flow.textsOf(expr, unit))
            if (text !== unknownText)
              add(
                expr,
                language,
                language === 'shell' && call.args[1]?.kind === 'list'
                  ? [
                      text,
                      ...call.args[1].parts.map((part) => quoted(flow.textsOf(part, unit)[0] ?? unknownText)),
                    ].join(' ')
                  : text,
              )
      }
    if (rule.does === 'write')
      for (const path of flow.pick(call, unit, rule.path))
        for (const data of flow.pick(call, unit, rule.data)) {
          const content =
            unit.language === 'shell' && data.kind === 'call' && data.named.has('<')
              ? data.named.get('<')!
              : data
          const text = flow.textsOf(content, unit)[0] ?? unknownText
          const language = languageOf(flow.textsOf(path, unit)[0] ?? '', text)
          if (language !== null) add(content, language, text)
        }
  }
  return codes
}

function languageOf(path: string, text: string): CodeLanguage | null {
  if (/^\s*#!.{0,40}\bpython/.test(text)) return 'python'
  if (/^\s*#!.{0,40}\bnode\b/.test(text)) return 'javascript'
  if (/^\s*#!.{0,40}sh\b/.test(text)) return 'shell'
  return extensions[/\.(\w{1,5})$/.exec(path)?.[1] ?? ''] ?? null
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
