import { inBoth, type RuleDescriptions } from './description.ts'

export const proseRules: RuleDescriptions = {
  ...inBoth({
    'pipe-to-shell': {
      looksFor: 'A download that is run at once, as in curl piped into bash, in every spelling.',
      why: 'It runs whatever a server sends at that moment, unseen and unsigned.',
      fix: 'Ship the code as files of the skill, so that it is reviewed and signed with it.',
    },
    'staged-download': {
      looksFor: 'A download in one step that another step runs, also from one file to another.',
      why: 'It is the same as piping a download into a shell, only harder to see.',
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
    'author-details': {
      looksFor: "Mail addresses of authors and names of people's computers.",
      why: 'They tell who wrote a skill and where, and nobody means to publish them.',
      fix: 'Remove it, or use an address that is meant for everybody.',
    },
    'internal-host': {
      looksFor:
        'Hosts, shares, trackers, registries and accounts that exist in one company, and addresses in private networks.',
      why: 'Nobody else can reach them, and they tell an attacker what to look for.',
      fix: 'Take the address from an input, or name a public one.',
    },
    promotion: {
      looksFor:
        "Links that earn a commission, count readers or ask for money, and calls to buy. The skill's own hosts may be named.",
      why: 'An agent repeats what it reads; a skill is for the person who installed it.',
      fix: 'Link to the page itself, without parameters, or remove it.',
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
  'prose/unread-data': {
    looksFor: 'More than 1 MB of data files, the largest of which are not read for what they say to agents.',
    why: 'A reviewer should know what was not looked at.',
    fix: 'Keep data small, or fetch it at run time.',
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
  'prose/deceives-person': {
    looksFor: 'What an agent is to claim if the person asks, or is to show instead of what it does.',
    why: 'An agent that lies to the person it works for cannot be trusted with anything.',
    fix: 'Remove this sentence, and what it covers up.',
  },
  'prose/overrules-person': {
    looksFor: 'Text that has an agent go on although the person says no, or approve without looking.',
    why: "It is the person's computer and the person's decision.",
    fix: 'Leave the decision to the person.',
  },
  'prose/sends-data': {
    looksFor:
      'What lies on the computer, private details of people or their work, sent to a place that nothing is known of and that the description gives no reason for.',
    why: 'Nobody can say who reads it there.',
    fix: 'Name the host under [sandbox] network and say in the reason for net what goes there.',
  },
  'prose/destroys': {
    looksFor: 'Backups, logs, histories, checks and other skills that are to be deleted or written over.',
    why: 'Nobody could find out what happened, or go back.',
    fix: 'Leave them alone, or list them and have the person delete them.',
  },
  'prose/falsifies': {
    looksFor: 'Results that are to be changed, invented or turned to somebody’s advantage.',
    why: 'People rely on what they are told, and nothing on the screen shows that it is wrong.',
    fix: 'Give the result as it is.',
  },
  'prose/grants-access': {
    looksFor:
      'Keys, accounts and mailboxes of somebody that the skill names, which are to be let in or to get copies.',
    why: 'Whoever is let in stays in when the skill is gone.',
    fix: 'Leave whom to let in to the person.',
  },
  'prose/redirects-traffic': {
    looksFor:
      'Base addresses, proxies and certificates that lead what programs send to a server that nothing is known of.',
    why: 'Whoever runs that server reads and changes everything that passes.',
    fix: "Leave the settings of other programs alone, and declare the skill's own hosts under [sandbox] network.",
  },
  'prose/spreads': {
    looksFor: 'Text that is to be copied into other projects, skills or documents.',
    why: 'It would reach agents of people who never chose it.',
    fix: 'Leave where a skill goes to the person.',
  },
  'prose/steers-answers': {
    looksFor: 'Products and pages that an agent is to recommend whatever it is asked.',
    why: 'People take an answer for advice, not for an advertisement.',
    fix: 'Remove it, or say in the description what the skill recommends.',
  },
  'prose/weakens-protection': {
    looksFor: 'Text that asks to switch off a protection of the computer or of the agent.',
    why: 'A skill that is harmless works with the protection on.',
    fix: 'Remove this step.',
  },
  'prose/claims-authority': {
    looksFor:
      'Text that speaks as the system, the vendor or an administrator, or says that everything was approved already.',
    why: 'Only the person and their administrators can approve anything, and they do it in Skillet.',
    fix: 'Say what the skill does, and leave who allows it to the person.',
  },
  'prose/steers-choice': {
    looksFor: 'Text that has an agent use this skill and no other, whatever the person wants.',
    why: 'Which tool is right is for the person and the agent to decide, by what the tools can do.',
    fix: 'Describe when the skill is useful, without a word about others.',
  },
  'prose/reveals-instructions': {
    looksFor: 'Text that has an agent give away its system prompt or other instructions.',
    why: 'They were given in confidence and can hold private matters.',
    fix: 'Remove this sentence.',
  },
  'prose/sends-secrets': {
    looksFor:
      'Keys, passwords, cookies, wallets or whole environments of the person that are sent, attached or encoded into something for somebody else, in one sentence or spread over steps.',
    why: 'Whoever has them can act as the person.',
    fix: 'Ask for the one key that is needed under [secrets], with the hosts that it may travel to.',
  },
  'prose/sends-conversation': {
    looksFor:
      'What a person said to an agent, or an agent was told, that is sent to a server or put into a call.',
    why: 'People tell agents what they would tell nobody else.',
    fix: 'Send only what the task needs, and say so in the reason for net.',
  },
  'prose/asks-for-secrets': {
    looksFor:
      'Recovery phrases, private keys, passwords of the computer, card numbers or one-time codes that a person is asked for.',
    why: 'Nobody honest asks for these in a conversation.',
    fix: 'Ask for a key made for the purpose, under [secrets].',
  },
  'prose/shows-secrets': {
    looksFor: 'Keys that are to be written into answers, commits, addresses or reports.',
    why: 'Others read those, and logs keep them.',
    fix: 'Name the key, never show it.',
  },
  'prose/fetch-and-run': {
    looksFor:
      'Steps in which a person or an agent fetches a program from an unknown place and runs it, all the more where warnings are to be clicked away.',
    why: 'Nothing that was reviewed here says what that program does, now or tomorrow.',
    fix: 'Ship what is needed as files of the skill, or name a program that people install from its own publisher.',
  },
  'prose/paste-in-terminal': {
    looksFor: 'A command from elsewhere that a person is to paste into a terminal.',
    why: 'It runs with all the rights of the person, outside the sandbox.',
    fix: 'Make it a step of the skill, so that it runs in the sandbox.',
  },
  'prose/remote-instructions': {
    looksFor: 'Instructions that an agent is to fetch from a server and follow.',
    why: 'The server can change them at any time, for everybody or for one person, after the review.',
    fix: 'Ship the instructions as a file of the skill.',
  },
  'prose/changes-instructions': {
    looksFor: "Text that adds to agents' memory, instruction files or tool configuration.",
    why: 'It goes on working in every later conversation, also when the skill is gone.',
    fix: 'Keep to the task; a skill is read whenever it is needed.',
  },
  'prose/starts-later': {
    looksFor: 'Programs that are to start by schedule, at login or with a shell.',
    why: 'They run without anybody there, outside the sandbox, also when the skill is gone.',
    fix: 'Leave when it runs to the person.',
  },
  'prose/moves-money': {
    looksFor:
      'Payments, transfers and purchases without the person deciding each time, or to an account that the skill names.',
    why: 'Money that has left seldom comes back.',
    fix: 'Prepare the payment and have the person make it.',
  },
  'prose/out-of-scope': {
    looksFor:
      "Keys or private matters that are to be read, though the skill's own description gives no reason.",
    why: 'A person installs a skill for what it says that it does.',
    fix: 'Remove this, or say in the description what it is for.',
  },
  'prose/hidden-instructions': {
    looksFor: 'Comments and invisibly styled text that speak to an agent.',
    why: 'A person who reads the page would not know about it.',
    fix: 'Write it openly, or remove it.',
  },
  'prose/encoded-instructions': {
    looksFor: 'Sentences and commands behind base64, hexadecimal or ROT13, decoded and judged like the rest.',
    why: 'Nobody encodes what may be read.',
    fix: 'Write it openly, or remove it.',
  },
  'prose/mixed-script': {
    looksFor: 'Words with letters of another script that look the same.',
    why: 'They are made to be read as something else, or to be missed by whoever searches.',
    fix: 'Write the word with letters of one script.',
  },
  'prose/link-differs': {
    looksFor: 'Links whose text names one host while they lead to another.',
    why: 'People go by what they read.',
    fix: 'Name the host that the link leads to.',
  },
  'prose/tracking-image': {
    looksFor: 'Pictures whose address is filled with data, or that only count readers.',
    why: 'Merely showing the text sends something to a server.',
    fix: 'Ship the picture as a file of the skill.',
  },
  'prose/data-address': {
    looksFor: 'Links that are a program or a page in themselves.',
    why: 'No server answers for them, and they run where they are opened.',
    fix: 'Link to a page, or ship a file.',
  },
  'prose/disguised-address': {
    looksFor: 'Hosts in letters of other scripts or punycode, and user names that look like hosts.',
    why: 'They are read as another place than they lead to.',
    fix: 'Write the host as it is.',
  },
  'prose/bare-address': {
    looksFor: 'Internet addresses of numbers instead of names.',
    why: 'Nobody answers for them, and they change hands.',
    fix: 'Use a host name, and declare it under [sandbox] network.',
  },
  'prose/short-address': {
    looksFor: 'Addresses that are shortened.',
    why: 'They hide where they lead, and can be led elsewhere later.',
    fix: 'Write the whole address.',
  },
  'prose/locked-archive': {
    looksFor: 'An archive to be opened with a password given beside it.',
    why: 'The password keeps scanners out, not people.',
    fix: 'Ship the files as files of the skill.',
  },
}
