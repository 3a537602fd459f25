import type { RuleDescriptions } from './description.ts'

const openly = 'Ship the code as it is, as a file of the skill.'
const own = 'Keep to the folders and programs that the skill declares.'

export const codeRules: RuleDescriptions = {
  'code/network': {
    looksFor: 'Code that goes online in a skill that does not declare net.',
    why: 'The sandbox would stop it, and a person should know before.',
    fix: 'Declare net with its reason and name the hosts under [sandbox] network, or remove this.',
  },
  'code/undeclared-host': {
    looksFor: 'A connection to a host that the skill does not name under [sandbox] network.',
    why: 'The sandbox would stop it, and whoever approved the skill was shown other hosts.',
    fix: 'Name the host under [sandbox] network, or remove this.',
  },
  'code/bare-address': {
    looksFor: 'A connection to a number instead of a name.',
    why: 'Nobody can tell whose it is, and no certificate vouches for it.',
    fix: 'Use the name of the host.',
  },
  'code/hidden-address': {
    looksFor: 'A connection to an address that is decoded or put together from codes while the code runs.',
    why: 'Nobody hides an address that could be shown.',
    fix: 'Write the address openly.',
  },
  'code/drop-point': {
    looksFor: 'Data left at a place where anybody may leave something without a name.',
    why: 'Whoever picks it up is not answerable to anybody.',
    fix: 'Send it to a host that belongs to you, declared under [sandbox] network, or do not send it.',
  },
  'code/exfiltration': {
    looksFor:
      'Private data that reaches a connection: keys, passwords, browser data, wallets, messages, the whole environment, the clipboard, the screen, many files at once; also through variables, functions, files and programs, and in names of hosts.',
    why: 'What has left the computer cannot be taken back.',
    fix: 'Send only what the skill is about, and ask for keys under [secrets].',
  },
  'code/key-elsewhere': {
    looksFor: 'A key that is sent to another host than the one it is for.',
    why: 'Whoever has the key can do what its owner can.',
    fix: 'Send each key only to the hosts that are named beside it under [secrets].',
  },
  'code/reports-machine': {
    looksFor: 'The names of the computer and of its user, sent elsewhere.',
    why: 'It tells who a person is, and is what attackers ask for first.',
    fix: 'Leave it out.',
  },
  'code/starts-programs': {
    looksFor: 'Code that starts other programs in a skill that does not declare exec.',
    why: 'The sandbox would stop it, and a person should know before.',
    fix: 'Declare exec with its reason and name the programs under [sandbox] exec, or remove this.',
  },
  'code/undeclared-program': {
    looksFor: 'A program that is started though [sandbox] exec does not name it.',
    why: 'The sandbox would stop it, and whoever approved the skill was shown other programs.',
    fix: 'Name the program under [sandbox] exec, or remove this.',
  },
  'code/undeclared-variable': {
    looksFor: 'A key that is read from the environment though [secrets] does not name it.',
    why: 'The skill would never get it, and a person should know what it asks for.',
    fix: 'Declare it under [secrets], with the hosts that it goes to.',
  },
  'code/writes-elsewhere': {
    looksFor: 'Files written outside the folders that the skill declares.',
    why: 'The sandbox would stop it, and what is there belongs to somebody else.',
    fix: 'Write into a folder that [sandbox] write names, or into a folder that the person chooses.',
  },
  'code/dynamic-code': {
    looksFor: 'Text that is run as code.',
    why: 'What it does depends on data, so nobody can review it.',
    fix: 'Parse the data instead of running it.',
  },
  'code/hidden-code': {
    looksFor:
      'Code or a command that is decoded, unpacked or put together from pieces, and then run, however far from there.',
    why: 'Nobody can review what it does.',
    fix: openly,
  },
  'code/remote-code': {
    looksFor: 'Code or a command that comes from the network and is run, also by way of a file.',
    why: 'It can be another one for each person and each day, so nobody can review it.',
    fix: openly,
  },
  'code/disguised-call': {
    looksFor: 'A call whose name is put together while the code runs.',
    why: 'Nobody hides which function is called unless somebody should not see it.',
    fix: 'Call the function by its name.',
  },
  'code/obfuscated': {
    looksFor: 'Code in which texts are kept in a list that is shuffled before use.',
    why: 'Only tools that hide code write so, and nobody can review it.',
    fix: 'Ship the source as its author wrote it.',
  },
  'code/mines': {
    looksFor: 'Programs that make money of a computer for somebody else.',
    why: "It uses up the person's power and hardware.",
    fix: 'Remove this.',
  },
  'code/reverse-shell': {
    looksFor: 'A shell that is tied to a connection.',
    why: 'Somebody elsewhere could do whatever the person can.',
    fix: 'Remove this.',
  },
  'code/persistence': {
    looksFor:
      'Writing to where programs are started from: shell settings, timers, sign-in items, hooks of Git, start files of interpreters.',
    why: 'It goes on after the skill is gone, outside its sandbox.',
    fix: 'Remove this, or tell the person what they could set up themselves.',
  },
  'code/agent-instructions': {
    looksFor: "Writing to agents' instructions, settings, skills or servers.",
    why: 'It tells agents what to do from then on, also when the skill is gone.',
    fix: 'Leave it to the person to change what their agents are told.',
  },
  'code/disables-protection': {
    looksFor: 'Switching off firewalls, signature checks, certificates, security programs.',
    why: 'It leaves the person without what protects them.',
    fix: 'Remove this.',
  },
  'code/covers-tracks': {
    looksFor: 'Deleting or stopping records of what happened.',
    why: 'Only who did something wrong needs that.',
    fix: 'Remove this.',
  },
  'code/destroys-files': {
    looksFor: 'Deleting a home folder, a disk, the backups, or everything.',
    why: 'It cannot be undone.',
    fix: own,
  },
  'code/raises-privileges': {
    looksFor: "Asking for the system's rights.",
    why: 'With them nothing on the computer is protected any longer.',
    fix: own,
  },
  'code/changes-system': {
    looksFor: 'Writing to files of the system.',
    why: 'It changes the computer for everything and everybody on it.',
    fix: own,
  },
  'code/installs-packages': {
    looksFor: 'Packages that are installed while the skill runs.',
    why: 'What they are can change from day to day, and nobody reviewed them with the skill.',
    fix: 'Say in SKILL.md what is needed, and check for it, instead of installing it.',
  },
  'code/time-bomb': {
    looksFor: 'Code that does something only from a certain day on.',
    why: 'It behaves while it is reviewed and changes afterwards.',
    fix: 'Remove the condition.',
  },
  'code/too-complex': {
    looksFor: 'Code that is nested more deeply, or is longer, than can be looked through.',
    why: 'It could hide anything.',
    fix: 'Ship the source as its author wrote it.',
  },
  'code/not-scanned': {
    looksFor: 'A skill that could not be looked through in time.',
    why: 'It could hide anything.',
    fix: 'Ship less, and simpler code; data belongs into data files.',
  },
  'code/opens-tunnel': {
    looksFor: 'A tunnel by which others reach this computer.',
    why: 'It goes around the firewall, and whoever knows its address gets in.',
    fix: 'Remove this, or leave it to the person.',
  },
}
