import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Finding } from '../../shared/finding.ts'
import { type TextFile } from '../source-file.ts'

/**
 * What a rule reports. The review adds the rest: `why` and `fix` from the rule's description unless
 * they are given here, and the snippet from `evidence`, which is the line itself unless something else was found.
 */
export interface RuleFinding extends Omit<Finding, 'snippet' | 'why' | 'fix'> {
  readonly why?: string
  readonly fix?: string
  readonly evidence?: string
}

/** What a rule about one text file may know. `manifest` is null for a skill that brings no valid skill.toml. */
export interface RuleContext {
  readonly manifest: SkillManifest | null
}
export type TextRule = (file: TextFile, context: RuleContext) => RuleFinding[]

/** `prose/NAME` in documents, `code/NAME` everywhere else. */
export function ruleName(file: TextFile, name: string): string {
  return `${file.language === 'markdown' ? 'prose' : 'code'}/${name}`
}
