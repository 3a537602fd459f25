import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { create } from 'tar'

/** Files of a skill, by path. */
export type SkillFiles = Record<string, string>

/** A small skill that the checks have nothing to say about. `toml`: what follows its description. */
export function skillFiles(
  slug: string,
  publisher: string,
  version: string,
  program: string,
  toml = '[run]\ncommand = ["python3", "main.py"]\n',
): SkillFiles {
  return {
    'SKILL.md': `---\nname: ${slug}\ndescription: Prints a greeting.\n---\n\nRun it to be greeted.\n`,
    'main.py': program,
    'skill.toml': `schema = 1
slug = "${slug}"
version = "${version}"
title = "${slug.charAt(0).toUpperCase()}${slug.slice(1)}"
summary = "Prints a greeting."
publisher = "${publisher}"
license = "Apache-2.0"
category = "writing"
${toml}`,
  }
}

/** A folder of this name with the files in it, in a new folder of its own. */
export async function writeSkill(name: string, files: SkillFiles): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'skillet-console-')), name)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** The files as a packed skill that can be dropped into the console; returns its path. */
export async function packSkill(name: string, files: SkillFiles): Promise<string> {
  const cwd = await writeSkill(name, files)
  const file = `${cwd}.tgz`
  await create({ cwd, gzip: true, file, portable: true }, Object.keys(files).toSorted())
  return file
}
