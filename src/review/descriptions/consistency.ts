import type { RuleDescriptions } from './description.ts'

const agree =
  'What a person is asked about must be all that the skill gets, and nothing that it does not use.'

export const consistencyRules: RuleDescriptions = {
  'consistency/net': {
    looksFor: 'The capability net without hosts under sandbox.network, or hosts without the capability.',
    why: agree,
    fix: 'Declare both, or neither.',
  },
  'consistency/fs-write': {
    looksFor:
      'The capability fs:write with nothing to write to, folders under sandbox.write without it, or one folder within another.',
    why: agree,
    fix: 'Declare both, or neither.',
  },
  'consistency/env-read': {
    looksFor: 'The capability env:read without secrets, or secrets without it.',
    why: agree,
    fix: 'Declare both, or neither.',
  },
  'consistency/exec': {
    looksFor: 'The capability exec without programs under sandbox.exec, or programs without it.',
    why: agree,
    fix: 'Declare both, or neither.',
  },
  'consistency/secret-hosts': {
    looksFor: 'A secret that may travel to a host which sandbox.network does not name.',
    why: 'The sandbox would refuse the connection.',
    fix: 'Name the host under sandbox.network, or take it from the secret.',
  },
  'consistency/inputs': {
    looksFor:
      'A file or folder input without the capability fs:read, a writable folder without fs:write, two inputs on standard input, a default that is no option.',
    why: 'The skill could not get what it asks for.',
    fix: 'Correct the input; docs/formats.md says what each kind needs.',
  },
  'consistency/cuda': {
    looksFor: 'A skill that needs the graphics card but declares no capability.',
    why: 'Nobody would be asked, and the graphics card is more than a calculation in a closed room.',
    fix: 'Declare the capability that it is for.',
  },
  'consistency/slug-name': {
    looksFor: 'A slug that differs from the name in SKILL.md.',
    why: 'A person and an agent would know one skill under two names.',
    fix: 'Give both the same name.',
  },
  'consistency/slug-folder': {
    looksFor: 'A slug that differs from the name of the folder.',
    why: 'Agents find a skill by its folder.',
    fix: 'Give both the same name.',
  },
  'consistency/license': {
    looksFor: 'Different licences in skill.toml and SKILL.md.',
    why: 'Nobody could know which one holds.',
    fix: 'Name the same licence in both.',
  },
  'consistency/alternatives': {
    looksFor: 'A skill that names itself as its alternative.',
    why: 'An alternative is for computers on which this one does not run.',
    fix: 'Remove it there.',
  },
  'consistency/command': {
    looksFor: 'A command that starts a file which the skill does not have.',
    why: 'The skill could not run, or would run something that is not part of it.',
    fix: 'Add the file, or correct the command.',
  },
}
