import type { RuleDescriptions } from './description.ts'

const correct = 'Correct this line of skill.toml; docs/formats.md says what each key may hold.'
const frontMatter = 'Correct the front matter at the top of SKILL.md.'
const unread = 'What Skillet cannot read, it cannot hold the skill to.'

export const manifestRules: RuleDescriptions = {
  'manifest/no-skill-md': {
    looksFor: 'A skill without a readable SKILL.md.',
    why: 'SKILL.md is what an agent reads; without it there is no skill.',
    fix: 'Add SKILL.md; docs/formats.md says what goes into it.',
  },
  'manifest/no-skill-toml': {
    looksFor: 'A skill to be published without a readable skill.toml.',
    why: 'skill.toml says what the skill may do, and everything that is not said there is refused.',
    fix: 'Add skill.toml; docs/formats.md says what goes into it.',
  },
  'manifest/syntax': { looksFor: 'skill.toml that is not TOML.', why: unread, fix: correct },
  'manifest/too-long': {
    looksFor: 'skill.toml of more than 64 KB, or a line of it of more than 4,000 characters.',
    why: 'A person has to be able to read it.',
    fix: 'Shorten skill.toml, or break the line.',
  },
  'manifest/missing-key': {
    looksFor: 'A key that skill.toml must have.',
    why: unread,
    fix: correct,
  },
  'manifest/unknown-key': {
    looksFor: 'A key that skill.toml may not have.',
    why: 'A misspelt key would be ignored, and the skill would be held to something else than its publisher meant.',
    fix: 'Remove the key, or correct its spelling.',
  },
  'manifest/unknown-capability': {
    looksFor: 'A capability outside fs:read, fs:write, net, env:read and exec.',
    why: 'Nobody could be asked about it, and nothing could enforce it.',
    fix: 'Use one of fs:read, fs:write, net, env:read, exec.',
  },
  'manifest/unknown-tier': {
    looksFor: 'A tier outside free, cook, operator and pro_plus.',
    why: unread,
    fix: correct,
  },
  'manifest/invalid-value': { looksFor: 'A value that its key may not have.', why: unread, fix: correct },
  'manifest/wildcard-host': {
    looksFor: 'A wildcard in a host name.',
    why: 'A person approves the exact places that a skill may connect to.',
    fix: 'Name each host.',
  },
  'manifest/network-twice': {
    looksFor: 'Hosts both in sandbox.network and in permissions.outbound_http.',
    why: 'The two lists could differ, and a person would be shown only one.',
    fix: 'Keep the hosts under sandbox.network.',
  },
  'manifest/front-matter': {
    looksFor: 'SKILL.md whose front matter is missing, is not YAML, is larger than 16 KB or uses aliases.',
    why: 'Agents read name and description from there.',
    fix: frontMatter,
  },
  'manifest/front-matter-key': {
    looksFor: 'A key that the SKILL.md format does not have.',
    why: 'Other tools refuse the whole file because of it.',
    fix: 'Move it under metadata, or into skill.toml.',
  },
  'manifest/name': {
    looksFor: 'A name that is not lower-case words joined by single hyphens, or longer than 64 characters.',
    why: 'Other tools refuse such a name.',
    fix: frontMatter,
  },
  'manifest/description': {
    looksFor: 'A missing description, or one of more than 1,024 characters.',
    why: 'By the description an agent decides when to use the skill, and a person whether to install it.',
    fix: frontMatter,
  },
  'manifest/lookalike-name': {
    looksFor:
      "A name that is easily mistaken for another publisher's: a letter apart, letters that look alike, words in another order.",
    why: 'People and agents would take one skill for the other.',
    fix: 'Choose a name of its own.',
  },
  'manifest/impersonation': {
    looksFor:
      'A title or description that claims to be from a well-known company which is not the publisher.',
    why: 'People trust the name, and it proves nothing.',
    fix: 'Say what the skill is for, without claiming to be from somebody else.',
  },
  'manifest/compatibility': {
    looksFor: 'A compatibility note of more than 500 characters.',
    why: 'Other tools refuse it.',
    fix: frontMatter,
  },
}
