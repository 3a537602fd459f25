import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Engine } from '../engine/api.ts'
import { defaultHome } from '../engine/paths.ts'
import { exitStatusOf, SkilletError } from '../shared/errors.ts'
import { slugSchema, versionSchema } from '../shared/identifiers.ts'
import type { Output, TextSink } from './output.ts'
import type { Passphrases } from './passphrase.ts'

/** Where the command line finds its engine and its registry. */
export interface Settings {
  readonly home: string
  readonly registryUrl: string | null
  readonly trustRootFile: string | null
  readonly apiKey: string | null
}

/** Everything outside the command line itself, so that tests can stand in for it. */
export interface Ports {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadableStream & {
    readonly isTTY?: boolean | undefined
    setRawMode?: (raw: boolean) => unknown
  }
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** The numeric user, null where the platform has none. */
  readonly uid: number | null
  readonly openEngine: (settings: Settings, askPassphrase: () => Promise<string | null>) => Promise<Engine>
}

/** What a command gets. */
export interface Cli {
  readonly ports: Ports
  readonly output: Output
  readonly signal: AbortSignal
  readonly passphrases: Passphrases
  /** What stood after `--`: words for the skill. */
  readonly skillArgs: readonly string[]
  settings(): Settings
  /** Opened on first use, once. */
  engine(): Promise<Engine>
  /** True when a person can be asked: at a terminal on both sides, and not under `--json`. */
  readonly canAsk: boolean
  /** Sets the exit status of a command that ended without an error. */
  exit(status: number): void
}

/** Reads the global options, then the environment. An empty variable counts as absent. */
export function settingsOf(program: Command, env: NodeJS.ProcessEnv): Settings {
  const options = program.opts<{ home?: string; registry?: string; trustRoot?: string; apiKey?: string }>()
  const trustRootFile = options.trustRoot ?? env['SKILLET_TRUST_ROOT']
  return {
    home: resolve(options.home ?? defaultHome(env)),
    registryUrl: options.registry ?? (env['SKILLET_REGISTRY'] || null),
    trustRootFile: trustRootFile ? resolve(trustRootFile) : null,
    apiKey: options.apiKey ?? (env['SKILLET_API_KEY'] || null),
  }
}

/** A skill never runs as root: whatever escaped would own the computer. */
export function assertNotRoot(cli: Cli): void {
  if (cli.ports.uid === 0) throw new SkilletError('RUNNING_AS_ROOT', 'Skillet does not run skills as root.')
}

/** Ends a command that has printed its document, which tells programs what failed; a person gets the sentence. */
export function endWith(cli: Cli, failure: SkilletError): void {
  if (!cli.output.json) cli.output.error(failure)
  cli.exit(exitStatusOf(failure.code))
}

/** `slug` or `slug@version`. Throws USAGE for anything else. */
export function parseSkillRef(text: string): { slug: string; version?: string } {
  const ref = splitSkillRef(text)
  if (!slugSchema.safeParse(ref.slug).success)
    throw new SkilletError('USAGE', `${text} is not the name of a skill.`, {
      remedy: 'Names are lower-case words joined by hyphens, such as csv-profile.',
    })
  if (ref.version !== undefined && !versionSchema.safeParse(ref.version).success)
    throw new SkilletError('USAGE', `${text} does not name a version.`, {
      remedy: `Write the whole version, such as ${ref.slug}@1.2.0, or leave out the @.`,
    })
  return ref
}

/** The two halves of what may be a skill's name, or a path; neither is checked. */
export function splitSkillRef(text: string): { slug: string; version?: string } {
  const at = text.indexOf('@')
  return at < 0 ? { slug: text } : { slug: text.slice(0, at), version: text.slice(at + 1) }
}
