import { archiveRules } from './descriptions/archive.ts'
import { codeRules } from './descriptions/code.ts'
import { consistencyRules } from './descriptions/consistency.ts'
import type { RuleDescriptions } from './descriptions/description.ts'
import { manifestRules } from './descriptions/manifest.ts'
import { proseRules } from './descriptions/prose.ts'
import { secretRules } from './descriptions/secret.ts'

/** Every rule by its name. docs/review.md is this list for people. */
export const ruleDescriptions: RuleDescriptions = {
  ...manifestRules,
  ...consistencyRules,
  ...archiveRules,
  ...proseRules,
  ...codeRules,
  ...secretRules,
}
