import type { Withdrawn } from '../shared/contract/library.ts'

/** Why a skill was withdrawn and what the person should do now. */
export function withdrawnLines(title: string, version: string, withdrawn: Withdrawn): string[] {
  const { reason, severity, revokedAt, rotate, saferVersion } = withdrawn
  return [
    `${title} ${version} was withdrawn on ${revokedAt} (${severity}): ${reason}`,
    ...(rotate.length === 0
      ? []
      : [
          '  Replace these keys, others may know them:',
          ...rotate.map((key) => `    ${key.title} (${key.name})`),
        ]),
    saferVersion === null
      ? '  There is no other version. Remove it: skillet remove'
      : `  ${saferVersion} is not withdrawn: skillet update`,
  ]
}
