import type { RuleDescriptions } from './description.ts'

export const codeRules: RuleDescriptions = {
  'code/network': {
    looksFor: 'Code that goes online in a skill that does not declare net.',
    why: 'The sandbox would stop it, and a person should know before.',
    fix: 'Declare net with its reason and name the hosts under [sandbox] network, or remove this.',
  },
  'code/starts-programs': {
    looksFor: 'Code that starts other programs in a skill that does not declare exec.',
    why: 'The sandbox would stop it, and a person should know before.',
    fix: 'Declare exec with its reason and name the programs under [sandbox] exec, or remove this.',
  },
  'code/dynamic-code': {
    looksFor: 'Text that is run as code.',
    why: 'What it does depends on data, so nobody can review it.',
    fix: 'Parse the data instead of running it.',
  },
  'code/hidden-code': {
    looksFor: 'Code that is unpacked or decoded and run.',
    why: 'Nobody can review what it does.',
    fix: 'Ship the code as it is, as a file of the skill.',
  },
}
