import type { Rule, SgNode } from '@ast-grep/napi'
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
  /** What the program's text must hold for the rule to be tried at all: making rules ready costs more than using them. */
  needs: z.string().transform((value) => new RegExp(value)),
  rule: z.custom<Rule>((value) => typeof value === 'object' && value !== null),
})

const rules = z.array(structureRuleSchema).parse(parse(text))
export interface Shape {
  readonly id: string
  readonly severity: Finding['severity']
  readonly message: string
  readonly line: number
}

/** Finds what the rules about a program's shape describe. */
export function findShapes(root: SgNode, language: CodeLanguage, text: string): Shape[] {
  return rules
    .filter((rule) => rule.language === language && rule.needs.test(text))
    .flatMap(({ id, severity, message, rule }) =>
      root.findAll({ rule }).map((node) => ({ id, severity, message, line: node.range().start.line + 1 })),
    )
}
