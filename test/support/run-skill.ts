import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'
import { createEngine } from '../../src/engine/engine.ts'
import { capabilities } from '../../src/shared/capability.ts'
import { launcher } from './sandbox.ts'

export const SKILLS_FOLDER = fileURLToPath(new URL('../../skills/', import.meta.url))

/** Where the sample inputs of one skill are. */
export const fixture = (slug: string, ...path: string[]): string =>
  fileURLToPath(new URL(['../fixtures/skills', slug, ...path].join('/'), import.meta.url))

export type SkillInputs = Record<string, string | number | boolean>

export interface SkillRun {
  exitCode: number
  stdout: string
  stderr: string
  /** The folder under which the skill's declared write folders are. */
  state: string
}

interface RunTable {
  command: string[]
  inputs?: Record<string, unknown>
}

const temporary: string[] = []
process.once('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
})

/** A new empty folder that is removed when the tests end. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skill-'))
  temporary.push(folder)
  return folder
}

/**
 * Runs a skill of the catalog in the real sandbox, with everything allowed that it declares. Pass the `state` of an
 * earlier run to run again over what that run kept.
 */
export async function runSkill(
  slug: string,
  options: { inputs?: SkillInputs; args?: string[]; state?: string } = {},
): Promise<SkillRun> {
  const inside = join('state', '.try', slug)
  const home = options.state?.slice(0, -inside.length - 1) ?? (await temporaryFolder())
  const engine = await createEngine({ home, registryUrl: null, trustRootFile: null, apiKey: null, launcher })
  const granted = Object.fromEntries(capabilities.map((capability) => [capability, null]))
  const { exitCode, reason, stdout, stderr } = await engine.tryFolder({
    folder: join(SKILLS_FOLDER, slug),
    inputs: options.inputs ?? {},
    args: options.args ?? [],
    granted,
  })
  if (reason !== 'exit') throw new Error(`${slug} was stopped (${reason}): ${stderr}`)
  return { exitCode: exitCode ?? -1, stdout, stderr, state: join(home, inside) }
}

/**
 * The same without Skillet, for what Skillet would refuse before a skill starts: a skill must explain itself to somebody
 * who runs its script by hand, too.
 */
export async function runDirectly(
  slug: string,
  options: {
    inputs?: SkillInputs
    args?: string[]
    env?: Record<string, string>
    state?: string
  } = {},
): Promise<SkillRun> {
  const manifest = parse(await readFile(join(SKILLS_FOLDER, slug, 'skill.toml'), 'utf8'))
  const run = manifest['run'] as unknown as RunTable
  const inputs = options.inputs ?? {}
  const names = Object.keys(run.inputs ?? {})
  const unknown = Object.keys(inputs).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`${slug} has no input named ${unknown.join(', ')}`)

  const state = options.state ?? (await temporaryFolder())
  if (options.state === undefined) await cp(join(SKILLS_FOLDER, slug), state, { recursive: true })

  const [program, ...words] = run.command
  const given = names.flatMap((name) => (name in inputs ? [`--${name}=${String(inputs[name])}`] : []))
  const child = spawn(program!, [...words, ...given, ...(options.args ?? [])], {
    cwd: state,
    env: {
      PATH: process.env['PATH'],
      HOME: state,
      LANG: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  })
  return { exitCode, stdout, stderr, state }
}
