import type { SkillManifest } from '../shared/skill-manifest.ts'
import { createBudget, TooComplex, type Budget } from './code/budget.ts'
import { codeBlocksOf } from './code/code-blocks.ts'
import { embeddedCommands } from './code/embedded.ts'
import { createFlow } from './code/flow.ts'
import { createFolder } from './code/fold.ts'
import { judgeFlow } from './code/judge/judge.ts'
import { findNested } from './code/nested.ts'
import { parseCode } from './code/parse.ts'
import { findInOtherLanguages } from './code/other-languages.ts'
import { findPowerShell } from './code/powershell.ts'
import type { Call, Source, Unit } from './code/program.ts'
import { readJavaScript } from './code/read-javascript.ts'
import { readPython } from './code/read-python.ts'
import { readShell } from './code/read-shell.ts'
import { findShapes } from './code/structure.ts'
import type { RuleFinding } from './rules/rule.ts'
import type { TextFile } from './source-file.ts'

/** How often code within code is looked into, and how many such texts of how many characters in all. */
const nestedLimits = { rounds: 3, texts: 200, length: 512 * 1024 } as const
const readers = { python: readPython, javascript: readJavaScript, shell: readShell } as const

/**
 * What the code of a skill could do: all of its scripts and the code in its documents, read as one program. Files that
 * nobody could review should be left out beforehand; the rest is worked on in time that grows with its length.
 */
export function scanCode(files: readonly TextFile[], manifest: SkillManifest | null): RuleFinding[] {
  const findings: RuleFinding[] = []
  const budget = createBudget()
  const folder = createFolder()
  const modules: Unit[] = []
  for (const file of files) {
    findings.push(...findPowerShell(file), ...findInOtherLanguages(file))
    for (const { source, text } of codeOf(file)) findings.push(...read(source, text, modules, budget))
  }
  const nested = new Map<Call, Unit[]>()
  let flow = createFlow(modules, folder)
  const seen = new Set<string>()
  let length = 0
  let left = false
  for (let round = 0; ; round++) {
    const fresh = findNested(flow).filter(({ source, text }) => {
      const key = `${source.file}:${source.above}:${source.language}:${text}`
      if (seen.has(key)) return false
      if (seen.size >= nestedLimits.texts || length + text.length > nestedLimits.length) {
        left = true
        return false
      }
      seen.add(key)
      length += text.length
      return true
    })
    if (fresh.length === 0) break
    if (round === nestedLimits.rounds) {
      left = true
      break
    }
    for (const { call, source, text } of fresh) {
      const before = modules.length
      findings.push(...read(source, text, modules, budget))
      nested.set(call, [...(nested.get(call) ?? []), ...modules.slice(before)])
    }
    flow = createFlow(modules, folder, nested)
  }
  if (left || !flow.settled) findings.push(tangled(modules))
  const told = files.flatMap((file) => (file.language === 'markdown' ? [file.text] : [])).join('\n')
  return [...findings, ...judgeFlow(flow, manifest, told)]
}

/** What was not followed to its end may hide anything. */
function tangled([first]: readonly Unit[]): RuleFinding {
  return {
    rule: 'code/too-complex',
    severity: 'high',
    file: first?.file ?? '',
    line: null,
    message:
      'This program is so tangled, or holds so much code as texts, that it cannot be followed to its end.',
  }
}

function codeOf(file: TextFile): { source: Source; text: string }[] {
  if (file.language === 'markdown') return codeBlocksOf(file)
  if (file.language === 'other') return embeddedCommands(file)
  if (/\.(?:ps1|bat|cmd)$/i.test(file.path)) return []
  return [{ source: { file: file.path, language: file.language, where: 'file', above: 0 }, text: file.text }]
}

/** Adds a program to `modules`; one that is built to take long is a finding instead. */
function read(source: Source, text: string, modules: Unit[], budget: Budget): RuleFinding[] {
  const root = parseCode(source.language, text)
  try {
    modules.push(readers[source.language](root, source, budget))
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error
    const message = 'This code is nested so deeply, or so long, that it cannot be looked through.'
    return [
      {
        rule: 'code/too-complex',
        severity: source.where === 'document' ? 'medium' : 'high',
        file: source.file,
        line: source.above + 1,
        message,
      },
    ]
  }
  if (source.where === 'document') return []
  return findShapes(root, source.language, text).map(({ id, severity, message, line }) => ({
    rule: `code/${id}`,
    severity,
    file: source.file,
    line: source.above + line,
    message,
  }))
}
