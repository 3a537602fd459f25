import type { SkillManifest } from '../../shared/skill-manifest.ts'

/**
 * How many people must have looked: two where a skill could carry something away or do more than its own program does,
 * that is, where it goes online and reads files or keys, or where it starts other programs.
 */
export function reviewsNeeded({ capabilities }: SkillManifest): 1 | 2 {
  const online = capabilities.net !== undefined
  const reads = capabilities['fs:read'] !== undefined || capabilities['env:read'] !== undefined
  return (online && reads) || capabilities.exec !== undefined ? 2 : 1
}
