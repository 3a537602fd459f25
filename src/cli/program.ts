import { Command, CommanderError } from 'commander'
import { redactSecrets } from '../engine/secrets/redact.ts'
import { SkilletError, exitStatusOf, toSkilletError } from '../shared/errors.ts'
import { addAudit } from './commands/audit.ts'
import { addCatalogCommands } from './commands/catalog.ts'
import { addCheckPermissions } from './commands/check-permissions.ts'
import { addDoctor } from './commands/doctor.ts'
import { addGrants } from './commands/grants.ts'
import { addInspect } from './commands/inspect.ts'
import { addInstall } from './commands/install.ts'
import { addKeygen } from './commands/keygen.ts'
import { addLibraryCommands } from './commands/library.ts'
import { addLint } from './commands/lint.ts'
import { addPack } from './commands/pack.ts'
import { addPublish } from './commands/publish.ts'
import { addRegistry } from './commands/registry.ts'
import { addRun } from './commands/run.ts'
import { addSecrets } from './commands/secrets.ts'
import { addTry } from './commands/try.ts'
import { settingsOf, type Cli, type Ports } from './context.ts'
import { createOutput } from './output.ts'
import { version } from '../../package.json'

const commands = [
  addDoctor,
  addCatalogCommands,
  addInspect,
  addInstall,
  addLibraryCommands,
  addRun,
  addTry,
  addCheckPermissions,
  addSecrets,
  addGrants,
  addAudit,
  addLint,
  addPack,
  addKeygen,
  addPublish,
  addRegistry,
]

/**
 * Runs one command line and resolves to its exit status (DESIGN §4); never throws.
 * `argv` without the interpreter and the script.
 */
export async function runCli(argv: readonly string[], ports: Ports): Promise<number> {
  // Everything after `--` is the skill's own; commander would look for options in it.
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const skillArgs = end < 0 ? [] : argv.slice(end + 1)
  // `--json` counts wherever it stands, also when the rest of the line is wrong.
  const output = createOutput({
    stdout: ports.stdout,
    stderr: ports.stderr,
    json: words.includes('--json'),
  })
  let status = 0
  const program = new Command('skillet')
    .description('Gives skills to AI agents, safely.')
    .version(version)
    .option('--json', 'print one JSON document on stdout')
    .option('--registry <url>', 'the registry to use (SKILLET_REGISTRY)')
    .option('--trust-root <file>', "the registry's trust root (SKILLET_TRUST_ROOT)")
    .option('--api-key <key>', 'your key for the registry (SKILLET_API_KEY)')
    .option('--home <folder>', "Skillet's own folder (SKILLET_HOME)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void ports.stdout.write(text),
      // Usage errors are said once, in our own form.
      writeErr: () => undefined,
    })
    .showSuggestionAfterError()
    .exitOverride()

  const settings = () => settingsOf(program, ports.env)
  let engine: ReturnType<Ports['openEngine']> | null = null
  const cli: Cli = {
    ports,
    output,
    signal: ports.signal,
    skillArgs,
    settings,
    engine: () => (engine ??= ports.openEngine(settings())),
    canAsk: ports.stdin.isTTY === true && ports.stderr.isTTY === true && !output.json,
    exit: (code) => {
      status = code
    },
  }
  for (const add of commands) add(program, cli)

  try {
    if (skillArgs.length > 0 && !words.includes('run') && !words.includes('try'))
      throw new SkilletError('USAGE', 'Only run and try take words after --.')
    if (words.length === 0) {
      ports.stdout.write(program.helpInformation())
      return 0
    }
    await program.parseAsync(words, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const failure = error instanceof CommanderError ? usageError(error) : toSkilletError(error)
    output.error(failure)
    if (failure.code === 'INTERNAL') ports.stderr.write(`${redactSecrets(trace(failure.cause))}\n`)
    return exitStatusOf(failure.code)
  }
}

function usageError(error: CommanderError): SkilletError {
  // A command that only groups others answers with its help when it stands alone.
  const text = error.code === 'commander.help' ? 'This command needs another word after it.' : error.message
  const sentence = text
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
  return new SkilletError('USAGE', sentence.charAt(0).toUpperCase() + sentence.slice(1))
}

function trace(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
