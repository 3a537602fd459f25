import type { SkillManifest } from '../shared/skill-manifest.ts'
import { remarksForAgents, textsForAgents } from './prose/agent-texts.ts'
import { findBadFaith } from './prose/bad-faith.ts'
import { findDisclosure, findStagedDisclosure } from './prose/disclosure.ts'
import { findFetchAndRun } from './prose/fetch-and-run.ts'
import { findHidden } from './prose/hidden.ts'
import { findLinks } from './prose/links.ts'
import { findMoney } from './prose/money.ts'
import { findOverrides } from './prose/overrides.ts'
import type { Passage } from './prose/passages.ts'
import { findPersistence } from './prose/persistence.ts'
import { findWeakening } from './prose/protection.ts'
import { purposeOf } from './prose/purpose.ts'
import { findRemoteInstructions } from './prose/remote-instructions.ts'
import { findScopeCreep } from './prose/scope.ts'
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
  return texts.flatMap((file) => [
    ...judgeAll(textsForAgents(file), purpose),
    ...remarksForAgents(file).flatMap(findOverrides),
  ])
}

function judgeAll(passages: readonly Passage[], purpose: string): RuleFinding[] {
  /** Judges a passage beside what stands next to it in the same section. */
  const judge = (passage: Passage, before: readonly Passage[], after: readonly Passage[]) => [
    ...findOverrides(passage),
    ...findDisclosure(passage),
    ...findWeakening(passage),
    ...findPersistence(passage, purpose, after),
    ...findMoney(passage, purpose),
    ...findScopeCreep(passage, purpose),
    ...findBadFaith(passage, [...before, ...after]),
    ...findRemoteInstructions(passage, after),
  ]
  const findings = passages.flatMap((passage, at) => {
    const section = (one: Passage) => one.section === passage.section
    const before = passages.slice(Math.max(0, at - 3), at).filter(section)
    const after = passages.slice(at + 1, at + 4).filter(section)
    return [
      ...judge(passage, before, after),
      ...findHidden(passage, purpose, (one) => judge(one, [], [])),
      ...findLinks(passage),
    ]
  })
  return [...findings, ...findStagedDisclosure(passages), ...findFetchAndRun(passages)]
}
