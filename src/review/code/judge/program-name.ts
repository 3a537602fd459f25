import { ownProgram } from '../../../shared/skill-manifest.ts'
import { unknownText } from '../texts.ts'
import type { Expr } from '../program.ts'
import type { Site } from './site.ts'

/** The name of the program that a command starts, null where that can't be known. */
export function programOf(command: Expr | undefined, { flow, unit, manifest, textsOf }: Site): string | null {
  const first = command?.kind === 'list' ? command.parts[0] : command
  if (first === undefined) return null
  if (flow.nameOf(first, unit) === 'sys.executable') return manifest === null ? null : ownProgram(manifest)
  const word = (textsOf(first)[0] ?? unknownText).trim().split(/\s/, 1)[0] ?? ''
  const program = word.split('/').at(-1) ?? ''
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(program) ? program : null
}
