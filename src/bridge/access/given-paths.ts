import { homedir } from 'node:os'
import { dirname, isAbsolute, parse, relative, sep } from 'node:path'
import { resolvePath } from '../../engine/run/inputs.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { InputValues } from '../../shared/input-values.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { GivenPath } from './stored-request.ts'

/**
 * The files and folders that these inputs name, with links resolved: what the person sees is what the skill gets.
 * @throws SkilletError INPUT_INVALID for what isn't there, isn't absolute, or what no skill may be given
 */
export async function givenPaths(
  manifest: SkillManifest,
  inputs: InputValues,
  home: string,
): Promise<GivenPath[]> {
  const paths: GivenPath[] = []
  for (const [name, input] of Object.entries(manifest.run.inputs)) {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if ((input.type !== 'file' && input.type !== 'folder') || value === undefined || value === '') continue
    if (typeof value === 'string' && !isAbsolute(value))
      throw new SkilletError('INPUT_INVALID', `${input.title} must be a whole path.`, {
        remedy: `Give the whole path of "${name}".`,
      })
    const { source, identity } = await resolvePath(name, input, value, home)
    paths.push({ input: name, kind: input.type, source, identity })
  }
  return paths
}

/**
 * A folder that an agent names: what no skill may be given is not submitted for an agent either.
 * @throws SkilletError INPUT_INVALID
 */
export async function givenFolder(value: string, home: string): Promise<GivenPath> {
  if (!isAbsolute(value))
    throw new SkilletError('INPUT_INVALID', 'The folder must be a whole path.', {
      remedy: 'Give the whole path of "folder".',
    })
  const input = { type: 'folder', title: 'The folder', required: true } as const
  const { source, identity } = await resolvePath('folder', input, value, home)
  return { input: 'folder', kind: 'folder', source, identity }
}

/** The folder from which more may come without asking; null where that would be too much. */
export function rememberedFolder({ kind, source }: GivenPath): string | null {
  const folder = kind === 'folder' ? source : dirname(source)
  return folder === parse(folder).root || isWithin(homedir(), folder) ? null : folder
}

export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
