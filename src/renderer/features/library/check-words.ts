import type { VerifyReport } from '../../../shared/contract/library.ts'
import { plural } from '../../ui/format.ts'

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
    return { ok: false, text: 'This skill could not be found on this computer.', files: [] }
  const files = [
    ...skill.changed.map((path) => ({ path, what: 'changed' })),
    ...skill.missing.map((path) => ({ path, what: 'missing' })),
    ...skill.extra.map((path) => ({ path, what: 'added' })),
  ]
  if (skill.ok) return { ok: true, text: 'Every file is exactly as it was signed.', files }
  return {
    ok: false,
    text: `${plural(files.length, 'file')} ${files.length === 1 ? 'is' : 'are'} no longer as signed, so the skill won’t run.`,
    files,
  }
}
