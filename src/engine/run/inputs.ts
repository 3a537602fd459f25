import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { InputValues } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import { isWritableInput, type SkillInput, type SkillManifest } from '../../shared/skill-manifest.ts'
import { findPlace } from '../sandbox/identity.ts'
import type { HostPath } from '../sandbox/profile.ts'

export interface ResolvedInputs {
  /** `--name=value`, in the manifest's order. */
  readonly argv: readonly string[]
  /** What the skill reads from its standard input; null where no input comes that way. */
  readonly stdin: string | null
  readonly paths: readonly HostPath[]
}

/**
 * Bytes of one argument, its name included, and of all arguments: what Linux takes at most (MAX_ARG_STRLEN less the final
 * NUL, execve(2)) and what leaves room for the sandbox's own. Windows and macOS take less and say so themselves.
 */
const argumentBytes = { one: 128 * 1024 - 1, all: 1024 * 1024 }
/** Bytes of text that an input may hold. */
export const stdinBytes = 8 * 1024 * 1024

/** Folders that mean more than a person can intend by choosing them, or that the sandbox builds itself. */
const reserved = [
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/skill',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
  '/home',
  '/root',
]

/**
 * Holds values against what the manifest declares. Throws INPUT_INVALID that names the input.
 * @param home Skillet's own folder, which no skill may be given.
 * @param wasChosen asked for each file and folder before anything looks at it; one that it denies is refused
 */
export async function resolveInputs(
  manifest: SkillManifest,
  values: InputValues,
  home: string,
  wasChosen: (path: string) => boolean = () => true,
): Promise<ResolvedInputs> {
  for (const name of Object.keys(values))
    if (!Object.hasOwn(manifest.run.inputs, name))
      throw invalid(name, `${manifest.title} has no input called ${name}.`, known(manifest))
  const argv: string[] = []
  const paths: HostPath[] = []
  let stdin: string | null = null
  for (const [name, input] of Object.entries(manifest.run.inputs)) {
    const given = Object.hasOwn(values, name) ? values[name] : undefined
    const value = given ?? ('default' in input ? input.default : undefined)
    if (value === undefined || value === '') {
      if (input.required) throw invalid(name, `${input.title} is needed.`)
      continue
    }
    if (input.type === 'file' || input.type === 'folder') {
      if (typeof value === 'string' && !wasChosen(value))
        throw invalid(name, `Choose ${input.title} with the file chooser.`)
      const path = await resolvePath(name, input, value, home)
      paths.push({ ...path, writable: isWritableInput(manifest, input) })
      argv.push(`--${name}=${path.path}`)
    } else if (input.type === 'string' && input.stdin === true) {
      stdin = plainValue(name, input, value)
      assertFits(name, input, Buffer.byteLength(stdin), stdinBytes)
    } else {
      const argument = `--${name}=${plainValue(name, input, value)}`
      assertFits(name, input, Buffer.byteLength(argument), argumentBytes.one)
      argv.push(argument)
    }
  }
  const bytes = argv.reduce((sum, argument) => sum + Buffer.byteLength(argument) + 1, 0)
  if (bytes > argumentBytes.all)
    throw new SkilletError(
      'INPUT_INVALID',
      `The inputs of ${manifest.title} are ${sizeOf(bytes)} together, and it can be given ${sizeOf(argumentBytes.all, Math.floor)}.`,
      { remedy: 'Shorten them and run again.' },
    )
  return { argv, stdin, paths }
}

function assertFits(name: string, input: SkillInput, bytes: number, most: number): void {
  if (bytes > most)
    throw invalid(
      name,
      `${input.title} is too long: it is ${sizeOf(bytes)}, and the skill can be given ${sizeOf(most, Math.floor)}.`,
      'Shorten it, or hand over a part of it.',
    )
}

/** What is too long is rounded up and what fits down, so that the two are never the same. */
function sizeOf(bytes: number, round: (value: number) => number = Math.ceil): string {
  const kib = round(bytes / 1024)
  return kib < 1024 ? `${kib} KB` : `${round(bytes / 1024 / 102.4) / 10} MB`
}

/** A file or folder that may be handed over. Throws INPUT_INVALID that names the input. */
export async function resolvePath(
  name: string,
  input: SkillInput,
  value: string | number | boolean,
  home: string,
): Promise<{ path: string; source: string; identity: string }> {
  if (typeof value !== 'string' || value.includes('\0')) throw invalid(name, `${input.title} must be a path.`)
  const path = resolve(value)
  const { source, identity, kind } = await findPlace(path).catch(() => {
    throw invalid(name, `${input.title}: ${path} does not exist or can't be read.`)
  })
  if (kind !== input.type) throw invalid(name, `${input.title}: ${path} is not a ${input.type}.`)
  await access(source, constants.R_OK).catch(() => {
    throw invalid(name, `${input.title}: you may not read ${path} yourself.`)
  })
  if (
    [path, source].some((place) => reserved.includes(place)) ||
    source === (await realpath(homedir()).catch(() => homedir()))
  )
    throw invalid(name, `${input.title}: ${path} is too much to hand over. Choose a folder inside it.`)
  const own = await realpath(home).catch(() => resolve(home))
  if (isInside(source, own) || isInside(own, source))
    throw invalid(name, `${input.title}: ${path} holds Skillet's own files, which no skill may have.`)
  if (/^\/(proc|sys|dev|run(?!\/media\/)|usr|bin|sbin|lib|lib64|skill)(\/|$)/.test(source))
    throw invalid(name, `${input.title}: ${path} belongs to the system.`)
  return { path, source, identity }
}

/** The text of a value that fits the input's type. Throws INPUT_INVALID that names the input. */
export function plainValue(name: string, input: SkillInput, value: string | number | boolean): string {
  const text = String(value)
  if (text.includes('\0')) throw invalid(name, `${input.title} contains a character that no program accepts.`)
  switch (input.type) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value)
      if (typeof value === 'boolean' || !Number.isFinite(number))
        throw invalid(name, `${input.title} must be a number.`)
      if (input.min !== undefined && number < input.min)
        throw invalid(name, `${input.title} must be at least ${input.min}.`)
      if (input.max !== undefined && number > input.max)
        throw invalid(name, `${input.title} must be at most ${input.max}.`)
      return String(number)
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw invalid(name, `${input.title} must be true or false.`)
      return text
    case 'choice':
      if (!input.options.includes(text))
        throw invalid(name, `${input.title} must be one of: ${input.options.join(', ')}.`)
      return text
    default:
      return text
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

function known(manifest: SkillManifest): string {
  const names = Object.keys(manifest.run.inputs)
  return names.length > 0 ? `Its inputs are: ${names.join(', ')}.` : 'It takes no inputs.'
}

function invalid(
  name: string,
  message: string,
  remedy = `Correct the value of "${name}" and run again.`,
): SkilletError {
  return new SkilletError('INPUT_INVALID', message, { remedy })
}
