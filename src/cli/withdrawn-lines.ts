import type { InstalledSkill, Withdrawn } from '../shared/contract/library.ts'

type Skill = Pick<InstalledSkill, 'slug' | 'title' | 'version' | 'kept'>

/** Why a skill was withdrawn and what the person should do now. */
export function withdrawnLines(skill: Skill, withdrawn: Withdrawn): string[] {
  const { reason, severity, revokedAt, rotate } = withdrawn
  return [
    `${skill.title} ${skill.version} was withdrawn on ${revokedAt} (${severity}): ${reason}`,
    ...(rotate.length === 0
      ? []
      : [
          '  Replace these keys, others may know them:',
          ...rotate.map((key) => `    ${key.title} (${key.name})`),
        ]),
    `  ${wayOut(skill, withdrawn)}`,
  ]
}

/** What can take a withdrawn skill's place, and the command for that. */
export function wayOut({ slug, kept }: Skill, { saferVersion }: Withdrawn): string {
  if (saferVersion === null) return `No other version is safe. Remove it: skillet remove ${slug}`
  return kept.some(({ version }) => version === saferVersion)
    ? `${saferVersion} is not withdrawn: skillet rollback ${slug}@${saferVersion}`
    : `${saferVersion} is not withdrawn: skillet update ${slug}`
}
