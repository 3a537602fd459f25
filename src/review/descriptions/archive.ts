import type { RuleDescriptions } from './description.ts'

export const archiveRules: RuleDescriptions = {
  'archive/unsafe': {
    looksFor: 'An archive that the installer refuses to unpack.',
    why: 'It could write outside its own folder, or is damaged.',
    fix: 'Make the archive with skillet pack.',
  },
  'archive/too-large': {
    looksFor: 'A file of more than 5 MB, or a skill of more than 20 MB.',
    why: 'Nobody can review that much, and every computer would have to fetch it.',
    fix: 'Remove what the skill does not need, or fetch data at run time.',
  },
  'archive/too-many': {
    looksFor: 'More than 1,000 files.',
    why: 'Nobody can review that many.',
    fix: 'Remove what the skill does not need.',
  },
  'archive/binary': {
    looksFor: 'Programs, compiled code and archives, by content and by name.',
    why: 'Nobody can read what they would do.',
    fix: 'Ship the source instead.',
  },
  'archive/hidden-file': {
    looksFor: 'A program, an archive or other data behind the end of a picture or of another file.',
    why: 'Whoever looks at the file sees only its first part, and a program can start the other.',
    fix: 'Ship the visible part alone.',
  },
  'archive/encoded-binary': {
    looksFor: 'A program written out in Base64 or hexadecimal within a text.',
    why: 'Nobody can read what it would do, and decoding it takes one line.',
    fix: 'Ship its source instead.',
  },
  'archive/not-text': {
    looksFor: 'Files that are neither plain text nor a picture.',
    why: 'Nobody can read what they hold.',
    fix: 'Ship a text form of it.',
  },
  'archive/name': {
    looksFor:
      'File names that cannot exist on every computer, that are one on some, or that hide what they are.',
    why: 'The skill would break, or show a person another file than it opens.',
    fix: 'Rename the file.',
  },
  'archive/settings-file': {
    looksFor: 'Settings files of other programs and of agents.',
    why: "Such a file changes another program's behaviour merely by lying there.",
    fix: 'Remove it from the skill.',
  },
  'archive/link': {
    looksFor: 'Links.',
    why: 'A link could point at anything on the computer that it is installed on.',
    fix: 'Replace it with a copy of the file.',
  },
  'archive/special-file': {
    looksFor: 'Devices, pipes and sockets.',
    why: 'No skill needs one, and programs that read one can hang or do harm.',
    fix: 'Remove it.',
  },
}
