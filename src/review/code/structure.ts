import type { NapiConfig, Rule, SgNode } from '@ast-grep/napi'
import { parse } from 'yaml'
import { z } from 'zod'
import { severities, type Finding } from '../../shared/finding.ts'
import text from '../rules/structure.yml?raw'
import type { CodeLanguage } from './program.ts'

const structureRuleSchema = z.strictObject({
  language: z.enum(['python', 'javascript', 'shell']),
  id: z.string(),
  severity: z.enum(severities),
  message: z.string(),
  rule: z.custom<Rule>((value) => typeof value === 'object' && value !== null),
})

const rules = z.array(structureRuleSchema).parse(parse(text))
const together = new Map<CodeLanguage, NapiConfig>()
for (const language of ['python', 'javascript', 'shell'] as const)
  together.set(language, {
    rule: { any: rules.filter((rule) => rule.language === language).map(({ rule }) => rule) },
  })

export interface Shape {
  readonly id: string
  readonly severity: Finding['severity']
  readonly message: string
  readonly line: number
}

/** Finds what the rules about a program's shape describe, in one walk over its tree. */
export function findShapes(root: SgNode, language: CodeLanguage): Shape[] {
  const all = together.get(language)
  if (all === undefined) return []
  return root
    .findAll(all)
    .flatMap((node) =>
      rules
        .filter((rule) => rule.language === language && node.matches({ rule: rule.rule }))
        .map(({ id, severity, message }) => ({ id, severity, message, line: node.range().start.line + 1 })),
    )
}
