import { t } from '../../../shared/i18n/t.ts'
import type { ReportKind } from '../../../shared/skill-report.ts'

/** What may be wrong, in the order in which it is offered: the gravest first. */
export const kindWords = (): readonly { id: ReportKind; title: string; example: string }[] => [
  {
    id: 'malware',
    title: t('It does something harmful'),
    example: t('It sends your files away, deletes them, or does what it never said it would.'),
  },
  {
    id: 'vulnerability',
    title: t('It has a security hole'),
    example: t('Somebody else could misuse it against the people who have it.'),
  },
  {
    id: 'impersonation',
    title: t('It pretends to be something else'),
    example: t('It bears the name of another skill, or of people who didn’t make it.'),
  },
  { id: 'other', title: t('Something else'), example: t('It is broken, or doesn’t do what it promises.') },
]
