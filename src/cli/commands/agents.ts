import { resolve } from 'node:path'
import type { Command } from 'commander'
import {
  agentIds,
  type Agents,
  type ConfigChange,
  type PlacePlan,
  type ScannedSkill,
} from '../../shared/contract/agents.ts'
import { SkilletError } from '../../shared/errors.ts'
import { agentsOf } from '../agent-names.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { collect } from '../grant-flags.ts'
import { nameOnOneLine, table } from '../output.ts'
import { withProgress } from '../progress.ts'
import { askYesNo } from '../prompt.ts'
import { lintLines } from './lint.ts'

/** `skillet agents …`: the agents on this computer, what they see of skills, how they reach Skillet, what they have already. */
export function addAgents(program: Command, cli: Cli): void {
  const agents = program
    .command('agents')
    .description('AI agents on this computer: give them skills, connect them, check what they have')

  agents
    .command('list')
    .description('list the agents, the skills that Skillet gave them, and whether they are connected')
    .action(async () => {
      const all = await (await cli.engine()).agents()
      cli.output.document(all)
      for (const line of agentLines(all)) cli.output.line(line)
    })

  agents
    .command('place')
    .description('put an installed skill where agents find it: its instructions, not its programs')
    .argument('<slug>')
    .requiredOption('--agent <name>', 'for this agent (repeatable)', collect, [])
    .option('--dry-run', 'only say what would be done')
    .action(async (what: string, options: { agent: string[]; dryRun?: boolean }) => {
      const { slug } = parseSkillRef(what)
      const wanted = agentsOf(options.agent)
      const engine = await cli.engine()
      const plan = await engine.planPlace(slug, wanted)
      if (options.dryRun !== true) await engine.placeSkill(slug, wanted)
      cli.output.document({ ...plan, written: options.dryRun !== true })
      for (const line of planLines(plan, options.dryRun === true)) cli.output.line(line)
    })

  agents
    .command('unplace')
    .description('take a skill away from agents; what somebody has changed there stays')
    .argument('<slug>')
    .requiredOption('--agent <name>', 'from this agent (repeatable)', collect, [])
    .action(async (what: string, options: { agent: string[] }) => {
      const { slug } = parseSkillRef(what)
      const wanted = agentsOf(options.agent)
      await (await cli.engine()).unplaceSkill(slug, wanted)
      cli.output.document({ slug, agents: wanted })
      cli.output.line(`Took ${slug} away from ${wanted.join(', ')}.`)
    })

  for (const connect of [true, false])
    agents
      .command(connect ? 'connect' : 'disconnect')
      .description(
        connect
          ? "add Skillet to an agent's own settings, after showing you the change"
          : "take Skillet out of an agent's own settings",
      )
      .argument('<agent>', agentIds.join(', '))
      .option('--yes', "don't ask")
      .option('--dry-run', 'only show the change')
      .action(async (name: string, options: { yes?: boolean; dryRun?: boolean }) => {
        const [agent] = agentsOf([name])
        const engine = await cli.engine()
        const change = await engine.planConnection(agent!, connect)
        for (const line of changeLines(change)) cli.output.line(line)
        const isSame = change.diff.every(({ kind }) => kind === 'same')
        const isDone = options.dryRun !== true && !isSame
        if (isDone) {
          await assertAgreed(cli, options.yes === true, `Write this to ${change.file}?`)
          await engine.changeConnection(agent!, connect, change.digest)
        }
        cli.output.document({ ...change, written: isDone })
        if (isSame) cli.output.line('Nothing to change.')
        else if (isDone)
          cli.output.line(
            connect ? 'Done. Start the agent again, then it finds Skillet.' : 'Done. Start the agent again.',
          )
      })

  agents
    .command('scan')
    .description("check the skills that are in agents' folders already")
    .action(async () => {
      const engine = await cli.engine()
      const report = await withProgress(cli, 'Looking through skills', () =>
        engine.scanAgents({ signal: cli.signal }),
      )
      cli.output.document(report)
      for (const skill of report.skills) for (const line of scannedLines(skill)) cli.output.line(line)
      for (const line of report.leftOut) cli.output.line(`Not looked at: ${line}`)
      if (report.skills.length === 0) cli.output.line('No skills found.')
      if (report.skills.some((skill) => skill.report?.verdict === 'fail')) cli.exit(1)
    })

  agents
    .command('adopt')
    .description("bring a skill in an agent's folder under Skillet, where it lies: changes to it are noticed")
    .argument('<folder>')
    .option(
      '--sha256 <digest>',
      'what you looked at, as agents scan --json names it; without it you are asked',
    )
    .action(async (folder: string, options: { sha256?: string }) => {
      const engine = await cli.engine()
      const path = resolve(folder)
      let digest = options.sha256
      if (digest === undefined) {
        const { skills } = await withProgress(cli, 'Looking through skills', () =>
          engine.scanAgents({ signal: cli.signal }),
        )
        const skill = skills.find((one) => one.path === path)
        if (skill === undefined || skill.digest === null)
          throw new SkilletError(
            'NOT_FOUND',
            `There is no skill of an agent at ${path} that could be read.`,
            {
              remedy: 'See what is there: skillet agents scan',
            },
          )
        for (const line of scannedLines(skill)) cli.output.line(line)
        await assertAgreed(cli, false, `Bring ${skill.name} under Skillet as it is?`)
        digest = skill.digest
      }
      await engine.adoptSkill(path, digest)
      cli.output.document({ path, sha256: digest })
      cli.output.line(`Skillet watches ${nameOnOneLine(path)} now. To run it in the sandbox: skillet try`)
    })

  agents
    .command('disown')
    .description('no longer watch a skill that was adopted; its files stay')
    .argument('<folder>')
    .action(async (folder: string) => {
      const path = resolve(folder)
      await (await cli.engine()).disownSkill(path)
      cli.output.document({ path })
      cli.output.line(`Skillet no longer watches ${nameOnOneLine(path)}.`)
    })
}

async function assertAgreed(cli: Cli, yes: boolean, question: string): Promise<void> {
  if (yes) return
  if (!cli.canAsk)
    throw new SkilletError('USAGE', 'Without a terminal nobody can be asked.', {
      remedy: 'To do it without being asked, see --help of this command.',
    })
  if (!(await askYesNo(cli, question))) throw new SkilletError('CANCELLED', 'Nothing was changed.')
}

const connectionWords = {
  connected: 'connected to Skillet',
  absent: 'not connected',
  other: 'has another program named skillet',
  unreadable: 'its settings could not be read',
}

function agentLines({ agents, placements }: Agents): string[] {
  const found = agents.filter(
    (agent) => agent.found || placements.some((place) => place.agents.includes(agent.id)),
  )
  if (found.length === 0) return ['No agents found.']
  return found.flatMap(({ id, title, skills, connection, allowed }) => [
    `${title} (${id})${allowed ? '' : ', which your administrator has not allowed'}`,
    ...(connection === null ? [] : [`  ${connectionWords[connection.state]}: ${connection.file}`]),
    ...(connection?.problem ? [`    ${connection.problem.message}`] : []),
    ...(skills === null ? [] : [`  skills in ${skills.folder}`]),
    ...table(
      placements
        .filter((place) => place.agents.includes(id))
        .map(({ slug, how, state }) => [`    ${slug}`, how, stateWords[state]]),
    ),
    ...(skills?.others ?? []).map((name) => `    ${nameOnOneLine(name)}  not from Skillet`),
  ])
}

const stateWords = {
  placed: 'in place',
  missing: 'somebody has taken it away',
  edited: 'somebody has edited it, so Skillet leaves it alone',
  replaced: 'something else lies there, so Skillet leaves it alone',
  moved: "the agent's folder is gone or leads elsewhere",
}

function planLines({ slug, version, shown, kept, places }: PlacePlan, isDry: boolean): string[] {
  return [
    ...places.map(({ folder, how, taken, done }) =>
      taken !== null
        ? `There is another ${taken} at ${folder}/${slug}: nothing can be written there.`
        : `${done ? 'Already' : isDry ? 'Would be' : 'Put'} in ${folder}/${slug} (${how})`,
    ),
    `Agents see ${shown.join(', ')} of ${slug} ${version}.`,
    ...(kept.length === 0 ? [] : [`What stays with Skillet: ${kept.join(', ')}`]),
  ]
}

const signs = { same: '  ', added: '+ ', removed: '- ' }

function changeLines({ file, isNew, diff }: ConfigChange): string[] {
  return [`${file}${isNew ? ' (new)' : ''}`, ...diff.map(({ kind, text }) => signs[kind] + text)]
}

function scannedLines(skill: ScannedSkill): string[] {
  const { name, path, report, problem, origin, release, adopted } = skill
  const notes = [
    ...(origin === 'ours' ? ['  Given by Skillet, verified.'] : []),
    ...(release === null
      ? []
      : [
          `  Byte for byte ${release.slug} ${release.version} of the registry.`,
          ...(release.newest !== null && release.newest !== release.version
            ? [`  ${release.newest} is there: skillet install ${release.slug}`]
            : []),
        ]),
    ...(adopted === 'unchanged' ? ['  Unchanged since you brought it under Skillet.'] : []),
    ...(adopted === 'changed' ? ['  CHANGED since you brought it under Skillet.'] : []),
    ...(problem === null ? [] : [`  Not judged: ${problem}`]),
  ]
  const shownPath = nameOnOneLine(path)
  return report === null
    ? [`${name}  ${shownPath}`, ...notes]
    : [...lintLines({ ...report, path: shownPath }), ...notes]
}
