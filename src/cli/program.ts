import { Command, CommanderError } from 'commander'
import { redactSecrets } from '../engine/secrets/redact.ts'
import { SkilletError, exitStatusOf, toSkilletError } from '../shared/errors.ts'
import { settingsOf, type Cli, type Ports } from './context.ts'
import { createOutput } from './output.ts'
import { createPassphrases, type Passphrases } from './passphrase.ts'
import { version } from '../../package.json'

type AddCommand = (program: Command, cli: Cli) => void

/**
 * What stands behind each word, loaded when the word is used: an install must not wait until the registry's and the
 * sandbox's code has been read. The order is that of the help.
 */
const commands: Record<string, () => Promise<AddCommand>> = {
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  search: async () => (await import('./commands/search.ts')).addSearch,
  show: async () => (await import('./commands/show.ts')).addShow,
  inspect: async () => (await import('./commands/inspect.ts')).addInspect,
  install: async () => (await import('./commands/install.ts')).addInstall,
  update: async () => (await import('./commands/update.ts')).addUpdate,
  list: async () => (await import('./commands/list.ts')).addList,
  rollback: async () => (await import('./commands/rollback.ts')).addRollback,
  pin: async () => (await import('./commands/pin.ts')).addPin,
  unpin: async () => (await import('./commands/pin.ts')).addUnpin,
  remove: async () => (await import('./commands/remove.ts')).addRemove,
  report: async () => (await import('./commands/report.ts')).addReport,
  trash: async () => (await import('./commands/trash.ts')).addTrash,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  run: async () => (await import('./commands/run.ts')).addRun,
  chain: async () => (await import('./commands/chain.ts')).addChain,
  try: async () => (await import('./commands/try.ts')).addTry,
  'check-permissions': async () => (await import('./commands/check-permissions.ts')).addCheckPermissions,
  secrets: async () => (await import('./commands/secrets.ts')).addSecrets,
  grants: async () => (await import('./commands/grants.ts')).addGrants,
  policy: async () => (await import('./commands/policy.ts')).addPolicy,
  telemetry: async () => (await import('./commands/telemetry.ts')).addTelemetry,
  serve: async () => (await import('./commands/serve.ts')).addServe,
  agents: async () => (await import('./commands/agents.ts')).addAgents,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
  mcp: async () => (await import('./commands/mcp.ts')).addMcp,
  lint: async () => (await import('./commands/lint.ts')).addLint,
  pack: async () => (await import('./commands/pack.ts')).addPack,
  keygen: async () => (await import('./commands/keygen.ts')).addKeygen,
  fleet: async () => (await import('./commands/fleet.ts')).addFleet,
  publish: async () => (await import('./commands/publish.ts')).addPublish,
  registry: async () => (await import('./commands/registry.ts')).addRegistry,
}

/** The commands that this line may mean: those whose word is in it, or all where it holds none, for help and advice. */
async function commandsFor(words: readonly string[]): Promise<AddCommand[]> {
  const named = Object.keys(commands).filter((word) => words.includes(word))
  if (words.length === 1 && words[0] === '--version') return []
  const wanted = named.length > 0 && !words.includes('help') ? named : Object.keys(commands)
  return Promise.all(wanted.map((word) => commands[word]!()))
}

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
    .option('--json', 'print one JSON document on stdout')
    .option('--registry <url>', 'the registry to use (SKILLET_REGISTRY)')
    .option('--trust-root <file>', "the registry's trust root (SKILLET_TRUST_ROOT)")
    .option('--api-key <key>', 'your key for the registry (SKILLET_API_KEY)')
    .option('--passphrase-fd <n>', 'an open descriptor to read the passphrase of your keys from')
    .option('--home <folder>', "Skillet's own folder (SKILLET_HOME)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void ports.stdout.write(text),
      // Usage errors are said once, in our own form.
      writeErr: () => undefined,
    })
    .showSuggestionAfterError()
    .exitOverride()
  // After a command's word it would be that of a skill, and to answer with Skillet's own would pass for having done it.
  if (!Object.keys(commands).some((word) => words.includes(word))) program.version(version)

  const settings = () => settingsOf(program, ports.env)
  let engine: ReturnType<Ports['openEngine']> | null = null
  let passphrases: Passphrases | null = null
  const cli: Cli = {
    ports,
    output,
    signal: ports.signal,
    skillArgs,
    settings,
    get passphrases() {
      return (passphrases ??= createPassphrases(cli, program.opts<{ passphraseFd?: string }>().passphraseFd))
    },
    engine: () =>
      (engine ??= ports.openEngine(settings(), () => cli.passphrases.ask('Passphrase of your keys'))),
    // Opening standard input takes a while, and most commands never look at it.
    get canAsk() {
      return !output.json && ports.stderr.isTTY === true && ports.stdin.isTTY === true
    },
    exit: (code) => {
      status = code
    },
  }
  try {
    for (const add of await commandsFor(words)) add(program, cli)
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
  } finally {
    await closed(engine)
  }
}

/** One that couldn't be opened has said so already. */
async function closed(engine: ReturnType<Ports['openEngine']> | null): Promise<void> {
  await (await engine?.catch(() => null))?.close()
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
