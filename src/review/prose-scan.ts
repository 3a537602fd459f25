import type { SkillManifest } from '../shared/skill-manifest.ts'
import { findDisclosure, findStagedDisclosure } from './prose/disclosure.ts'
import { findFetchAndRun } from './prose/fetch-and-run.ts'
import { findHidden } from './prose/hidden.ts'
import { findLinks } from './prose/links.ts'
import { findMoney } from './prose/money.ts'
import { findOverrides } from './prose/overrides.ts'
import { readPassages, type Passage } from './prose/passages.ts'
import { findPersistence } from './prose/persistence.ts'
import { findWeakening } from './prose/protection.ts'
import { purposeOf } from './prose/purpose.ts'
import { findRemoteInstructions } from './prose/remote-instructions.ts'
import { findScopeCreep } from './prose/scope.ts'
import { findSecrecy } from './prose/secrecy.ts'
import type { RuleFinding } from './rules/rule.ts'
import type { SkillMarkdown } from './skill-md.ts'
import type { TextFile } from './source-file.ts'

/**
 * Reads what an agent reads, sentence by sentence, and asks of each what it would have somebody do, who gains by it
 * and whether the person would know. Time grows with the text and with nothing else.
 */
export function scanProse(
  texts: readonly TextFile[],
  manifest: SkillManifest | null,
  markdown: SkillMarkdown | null,
): RuleFinding[] {
  const purpose = purposeOf(manifest, markdown)
  return texts
    .filter((file) => file.language === 'markdown')
    .flatMap((file) => judgeAll(readPassages(file), purpose))
}

function judgeAll(passages: readonly Passage[], purpose: string): RuleFinding[] {
  const judge = (passage: Passage) => [
    ...findOverrides(passage),
    ...findDisclosure(passage),
    ...findWeakening(passage),
    ...findPersistence(passage, purpose),
    ...findMoney(passage, purpose),
    ...findScopeCreep(passage, purpose),
    ...findSecrecy(passage, []),
    ...findRemoteInstructions(passage, []),
  ]
  const findings = passages.flatMap((passage, at) => {
    const section = (one: Passage | undefined) => one !== undefined && one.section === passage.section
    const next = passages.slice(at + 1, at + 3).filter(section)
    return [
      ...findOverrides(passage),
      ...findDisclosure(passage),
      ...findWeakening(passage),
      ...findPersistence(passage, purpose),
      ...findMoney(passage, purpose),
      ...findScopeCreep(passage, purpose),
      ...findSecrecy(passage, [...passages.slice(Math.max(0, at - 2), at).filter(section), ...next]),
      ...findRemoteInstructions(passage, next),
      ...findHidden(passage, judge),
      ...findLinks(passage),
    ]
  })
  return [...findings, ...findStagedDisclosure(passages), ...findFetchAndRun(passages)]
}
