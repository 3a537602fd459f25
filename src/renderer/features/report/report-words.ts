import type { ReportKind } from '../../../shared/skill-report.ts'

/** What may be wrong, in the order in which it is offered: the gravest first. */
export const kindWords: readonly { id: ReportKind; title: string; example: string }[] = [
  {
    id: 'malware',
    title: 'It does something harmful',
    example: 'It sends your files away, deletes them, or does what it never said it would.',
  },
  {
    id: 'vulnerability',
    title: 'It has a security hole',
    example: 'Somebody else could misuse it against the people who have it.',
  },
  {
    id: 'impersonation',
    title: 'It pretends to be something else',
    example: 'It bears the name of another skill, or of people who didn’t make it.',
  },
  { id: 'other', title: 'Something else', example: 'It is broken, or doesn’t do what it promises.' },
]
