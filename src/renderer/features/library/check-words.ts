import { t } from '../../../shared/i18n/t.ts'
import type { VerifyReport } from '../../../shared/contract/library.ts'

export interface CheckWords {
  ok: boolean
  text: string
  /** Files that differ, each with what happened to it. */
  files: { path: string; what: string }[]
}

/** The result of checking one skill's files, in words. */
export function checkWords(report: VerifyReport, slug: string): CheckWords {
  const skill = report.skills.find((each) => each.slug === slug)
  if (skill === undefined)
    return { ok: false, text: t('This skill could not be found on this computer.'), files: [] }
  const files = [
    ...skill.changed.map((path) => ({ path, what: 'changed' })),
    ...skill.missing.map((path) => ({ path, what: 'missing' })),
    ...skill.extra.map((path) => ({ path, what: 'added' })),
  ]
  if (skill.ok) return { ok: true, text: t('Every file is exactly as it was signed.'), files }
  return {
    ok: false,
    text: t('{{count}} files are no longer as signed, so the skill won’t run.', { count: files.length }),
    files,
  }
}
