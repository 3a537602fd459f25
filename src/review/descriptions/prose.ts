import { inBoth, type RuleDescriptions } from './description.ts'

export const proseRules: RuleDescriptions = {
  ...inBoth({
    'pipe-to-shell': {
      looksFor: 'A download that is run at once, as in curl piped into bash, in every spelling.',
      why: 'It runs whatever a server sends at that moment, unseen and unsigned.',
      fix: 'Ship the code as files of the skill, so that it is reviewed and signed with it.',
    },
    'disguised-command': {
      looksFor: 'A command that decodes another command and runs it.',
      why: 'Nobody can see what would happen, and nobody hides a command that could be shown.',
      fix: 'Write the command openly, or ship what it fetches as a file of the skill.',
    },
    'home-folder': {
      looksFor: "A path inside one person's home folder.",
      why: "It exists on one person's computer only, and gives away that person's user name.",
      fix: 'Take the path from an input, or use a folder of the skill.',
    },
    'credential-files': {
      looksFor: 'The places where people keep keys and passwords.',
      why: 'A skill gets the keys that a person gives it, and has no business with any other.',
      fix: 'Ask for what is needed under [secrets]; the sandbox would refuse this anyway.',
    },
    bidi: {
      looksFor: 'Characters that reorder text.',
      why: 'People read something else than agents and programs do.',
      fix: 'Delete the invisible characters; a text editor that shows control characters will find them.',
    },
    'hidden-text': {
      looksFor: 'Text in invisible tag characters.',
      why: 'Only an agent would read it.',
      fix: 'Delete the invisible characters; a text editor that shows control characters will find them.',
    },
    'zero-width': {
      looksFor: 'Invisible characters outside emoji and the scripts that need them.',
      why: 'They split words that a reviewer looks for, or carry a message that nobody sees.',
      fix: 'Delete the invisible characters; a text editor that shows control characters will find them.',
    },
    unreadable: {
      looksFor:
        'Lines of more than 4,000 characters, files of more than 512 KB, more than 2 MB of prose and code.',
      why: 'Nobody can review it, and it is not searched any further.',
      fix: 'Ship the source as its author wrote it, and data as a data file.',
    },
  }),
  'prose/long': {
    looksFor: 'SKILL.md of more than 500 lines.',
    why: 'That is more than an agent should read at once.',
    fix: 'Move details into files beside it.',
  },
  'prose/overrides-instructions': {
    looksFor: 'Text that tells an agent to set its instructions aside.',
    why: 'A skill adds to what an agent was told by the person it works for; it never replaces that.',
    fix: 'Remove this sentence.',
  },
  'prose/hides-from-person': {
    looksFor: 'Text that tells an agent to keep something from the person.',
    why: 'What is done for a person may be known to that person.',
    fix: 'Remove this sentence.',
  },
  'prose/weakens-protection': {
    looksFor: 'Text that asks to switch off a protection of the computer or of the agent.',
    why: 'A skill that is harmless works with the protection on.',
    fix: 'Remove this step.',
  },
  'prose/locked-archive': {
    looksFor: 'An archive to be opened with a password given beside it.',
    why: 'The password keeps scanners out, not people.',
    fix: 'Ship the files as files of the skill.',
  },
}
