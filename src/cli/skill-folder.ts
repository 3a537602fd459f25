import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSkillToml } from '../review/manifest.ts'
import { SkilletError } from '../shared/errors.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'

/** `skill.toml` of a local folder. Throws NOT_FOUND where there is none, MANIFEST_INVALID where it is wrong. */
export async function readSkillToml(folder: string): Promise<SkillManifest> {
  const text = await readFile(join(folder, 'skill.toml'), 'utf8').catch((cause: unknown) => {
    throw new SkilletError('NOT_FOUND', `There is no skill.toml in ${folder}.`, {
      remedy: 'Name the folder of a skill, the one that holds SKILL.md and skill.toml.',
      cause,
    })
  })
  return parseSkillToml(text)
}
