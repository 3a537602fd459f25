import type { SkillManifest } from '../shared/skill-manifest.ts'
import { findOpenedDoors } from './prose/access.ts'
import { isData, remarksForAgents, textsForAgents } from './prose/agent-texts.ts'
import { findDisclosure, findStagedDisclosure } from './prose/disclosure.ts'
import { findFetchAndRun } from './prose/fetch-and-run.ts'
import { findHidden } from './prose/hidden.ts'
import { aggravate, judge as judgeFrame } from './prose/judgement.ts'
import { findLinks } from './prose/links.ts'
import { findOverrides } from './prose/overrides.ts'
import type { Passage } from './prose/passages.ts'
import { findWeakening } from './prose/protection.ts'
import { purposeOf } from './prose/purpose.ts'
import type { RuleFinding } from './rules/rule.ts'
import type { SkillMarkdown } from './skill-md.ts'
import type { TextFile } from './source-file.ts'

/** Characters of data files that are read as text for agents; documents and code have limits of their own. */
const maxData = 1024 * 1024

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
  let data = 0
  const unread: TextFile[] = []
  // The smallest data first, so that a large table doesn't hide the description of a tool.
  const read = [...texts]
    .sort((a, b) => a.text.length - b.text.length)
    .filter((file) => {
      if (!isData(file)) return true
      data += file.text.length
      if (data > maxData) unread.push(file)
      return data <= maxData
    })
  const findings = read.flatMap((file) => [
    ...judgeAll(textsForAgents(file, purpose), purpose),
    ...remarksForAgents(file, purpose).flatMap(findOverrides),
  ])
  const [first] = unread
  if (first !== undefined)
    findings.push({
      rule: 'prose/unread-data',
      severity: 'low',
      file: first.path,
      line: null,
      message: `${unread.length} data files were not read for what they say to agents.`,
    })
  return findings
}

function judgeAll(passages: readonly Passage[], purpose: string): RuleFinding[] {
  /** Judges a passage beside what stands next to it in the same section. */
  const judge = (passage: Passage, before: readonly Passage[], after: readonly Passage[]) => [
    ...aggravate(
      [
        ...findOverrides(passage),
        ...findOpenedDoors(passage),
        ...findDisclosure(passage),
        ...findWeakening(passage),
      ],
      passage,
      before,
      after,
    ),
    ...judgeFrame(passage, before, after, purpose),
  ]
  const findings = passages.flatMap((passage, at) => {
    const [before, after] = beside(passages, at)
    return [
      ...judge(passage, before, after),
      ...findHidden(passage, purpose, (one) => judge(one, [], [])),
      ...findLinks(passage),
    ]
  })
  const staged = [...findStagedDisclosure(passages), ...findFetchAndRun(passages)].flatMap((finding) => {
    const at = passages.findIndex(({ line, kind }) => line === finding.line && kind !== 'heading')
    const [before, after] = beside(passages, at)
    const passage = passages[at]
    return passage === undefined ? [finding] : aggravate([finding], passage, before, after)
  })
  return [...findings, ...staged]
}

/** Up to three passages of the same section on either side. */
function beside(passages: readonly Passage[], at: number): [before: Passage[], after: Passage[]] {
  const section = (one: Passage) => one.section === passages[at]?.section
  return [
    passages.slice(Math.max(0, at - 3), at).filter(section),
    passages.slice(at + 1, at + 4).filter(section),
  ]
}
