import type { Command } from 'commander'
import type { Answers, Engine } from '../../engine/api.ts'
import type { InstallPlan } from '../../shared/contract/install.ts'
import type { InstalledSkill } from '../../shared/contract/library.ts'
import type { Ask } from '../../shared/contract/skills.ts'
import { exitStatusOf, SkilletError, toSkilletError, type PlainError } from '../../shared/errors.ts'
import { applyPlan } from '../apply-plan.ts'
import { changeLines } from '../change-lines.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { decide, undecidedAsks, type Consent } from '../decide.ts'
import { collect, lifeOf, lifeOption, onceOption, parseGrantFlags, type LifeFlags } from '../grant-flags.ts'
import { table } from '../output.ts'
import { withProgress } from '../progress.ts'
import { wayOut, withdrawnLines } from '../withdrawn-lines.ts'

interface Flags extends LifeFlags {
  check?: boolean
  grant: string[]
  grantDeclared?: boolean
}

type Update = Awaited<ReturnType<Engine['updates']>>[number]

/** What a run of `update` came to, as it is printed under `--json`. */
interface Outcome {
  updated: { slug: string; from: string; to: string }[]
  /** It asks for something that nobody has allowed; the installed version stays. */
  held: { slug: string; installed: string; available: string; asks: Ask[] }[]
  pinned: Update[]
  failed: { slug: string; error: PlainError }[]
}

/** Whether the registry was asked, and what it had known when it last was. */
interface Asked {
  readonly checkedAt: string | null
  readonly problem: PlainError | null
}

/** `skillet update [SLUG]`: newer versions, each through the same checks as a first install. */
export function addUpdate(program: Command, cli: Cli): void {
  program
    .command('update')
    .description('bring installed skills up to date; one that asks for more waits until you allow it')
    .argument('[slug]', 'only this one; all when left out')
    .option('--check', 'only list what could be updated')
    .option('--grant <capability[=scope]>', 'allow this (repeatable)', collect, [])
    .option('--grant-declared', 'allow everything that the new versions declare')
    .addOption(onceOption())
    .addOption(lifeOption())
    .action(async (slug: string | undefined, flags: Flags) => {
      const granted = parseGrantFlags(flags.grant)
      if (slug !== undefined && parseSkillRef(slug).version !== undefined)
        throw new SkilletError('USAGE', 'An update always goes to the newest version.', {
          remedy: `For a certain version: skillet install ${slug}`,
        })
      const engine = await cli.engine()
      const updates = await withProgress(cli, 'Looking for updates', () => engine.updates()).catch(
        (error: unknown) => {
          // Only bundles were ever installed here: there is no catalog to look into.
          if (cli.settings().registryUrl === null && toSkilletError(error).code === 'NOT_FOUND')
            throw noRegistry(error)
          throw error
        },
      )
      const asked = await howAsked(engine)
      const installed = await engine.installed()
      const wanted = slug === undefined ? updates : only(updates, installed, slug)
      if (flags.check === true) listUpdates(cli, wanted, asked)
      else {
        const consent = { granted, grantDeclared: flags.grantDeclared === true, life: lifeOf(flags) }
        const outcome =
          slug === undefined
            ? await updateAll(cli, engine, wanted, consent)
            : await updateOne(cli, engine, wanted, slug, consent)
        report(cli, outcome, asked)
      }
      if (slug !== undefined) return
      for (const skill of installed)
        if (skill.withdrawn !== null && !updates.some((one) => one.slug === skill.slug))
          for (const line of withdrawnLines(skill, skill.withdrawn)) cli.output.line(line)
    })
}

async function howAsked(engine: Engine): Promise<Asked> {
  const { registry, checkedAt, problem } = await engine.trustStatus()
  if (registry !== '') return { checkedAt, problem }
  return { checkedAt, problem: problem ?? noRegistry().toPlain() }
}

function noRegistry(cause?: unknown): SkilletError {
  return new SkilletError('REGISTRY_UNREACHABLE', 'No registry is named.', {
    remedy: 'Name one with --registry URL, or set SKILLET_REGISTRY.',
    cause,
  })
}

/** @throws SkilletError NOT_INSTALLED, REVOKED for one that was withdrawn and that no update helps */
function only(
  updates: readonly Update[],
  installed: readonly InstalledSkill[],
  slug: string,
): readonly Update[] {
  const update = updates.find((one) => one.slug === slug)
  if (update !== undefined) return [update]
  const skill = installed.find((one) => one.slug === slug)
  if (skill === undefined)
    throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`, {
      remedy: `Install it first: skillet install ${slug}`,
    })
  if (skill.withdrawn !== null)
    throw new SkilletError(
      'REVOKED',
      `${skill.title} ${skill.version} was withdrawn: ${skill.withdrawn.reason}`,
      { remedy: wayOut(skill, skill.withdrawn) },
    )
  return []
}

function listUpdates(cli: Cli, updates: readonly Update[], asked: Asked): void {
  cli.output.document({ updates, ...asked })
  const rows = updates.map(({ slug, installed, available, pinned }) => [
    slug,
    `${installed} → ${available}`,
    pinned ? 'stays, until skillet unpin' : '',
  ])
  for (const line of table(rows)) cli.output.line(line)
  if (updates.length === 0) sayNothingNewer(cli, asked)
  endUnasked(cli, asked)
}

function sayNothingNewer(cli: Cli, { checkedAt, problem }: Asked): void {
  if (problem === null) cli.output.line('Everything is up to date.')
  else if (checkedAt !== null) cli.output.line(`Nothing newer was known on ${checkedAt}.`)
}

/** Nobody may take what was known some time ago for what there is. */
function endUnasked(cli: Cli, { checkedAt, problem }: Asked): void {
  if (problem === null) return
  const when = checkedAt === null ? '' : ` This is as of ${checkedAt}.`
  cli.output.note(`The registry could not be asked.${when} ${problem.message} ${problem.remedy}`)
  cli.exit(exitStatusOf(problem.code))
}

/** A person who names a skill is asked; nothing is held quietly. */
async function updateOne(
  cli: Cli,
  engine: Engine,
  [update]: readonly Update[],
  slug: string,
  consent: Consent,
): Promise<Outcome> {
  const outcome: Outcome = { updated: [], held: [], pinned: [], failed: [] }
  if (update !== undefined) {
    const plan = await withProgress(cli, `Checking ${slug}`, () => engine.planInstall({ slug }))
    try {
      cli.output.note(`${plan.skill.title} ${update.installed} → ${plan.skill.version}`)
      if (plan.changes !== null) for (const line of changeLines(plan.changes)) cli.output.note(line)
      const decisions = await decide(cli, plan.skill.title, plan.asks, consent)
      const { version } = await applyPlan(cli, engine, plan, decisions)
      outcome.updated.push({ slug, from: update.installed, to: version })
    } finally {
      engine.discardPlan(plan.planId)
    }
  }
  return outcome
}

/** Nobody is asked about many skills in a row: what asks for more is left for `update SLUG`. */
async function updateAll(
  cli: Cli,
  engine: Engine,
  updates: readonly Update[],
  consent: Consent,
): Promise<Outcome> {
  const outcome: Outcome = {
    updated: [],
    held: [],
    pinned: updates.filter(({ pinned }) => pinned),
    failed: [],
  }
  for (const { slug, installed } of updates.filter(({ pinned }) => !pinned)) {
    if (cli.signal.aborted) throw new SkilletError('CANCELLED', 'You stopped before the end.')
    let plan: InstallPlan | null = null
    try {
      plan = await withProgress(cli, `Checking ${slug}`, () => engine.planInstall({ slug }))
      const { decisions, open } = undecidedAsks(plan.asks, consent)
      if (open.length > 0)
        outcome.held.push({ slug, installed, available: plan.skill.version, asks: open.map(plainAsk) })
      else outcome.updated.push({ slug, from: installed, to: await applied(cli, engine, plan, decisions) })
    } catch (error) {
      const failure = toSkilletError(error)
      if (failure.code === 'CANCELLED') throw failure
      if (failure.code === 'INTERNAL') throw error
      outcome.failed.push({ slug, error: failure.toPlain() })
    } finally {
      if (plan !== null) engine.discardPlan(plan.planId)
    }
  }
  return outcome
}

async function applied(cli: Cli, engine: Engine, plan: InstallPlan, decisions: Answers): Promise<string> {
  return (await applyPlan(cli, engine, plan, decisions)).version
}

function report(cli: Cli, outcome: Outcome, asked: Asked): void {
  const { updated, held, pinned, failed } = outcome
  cli.output.document({ ...outcome, ...asked })
  for (const { slug, from, to } of updated) cli.output.line(`Updated ${slug} from ${from} to ${to}.`)
  for (const { slug, installed, available } of pinned)
    cli.output.line(`${slug} stays at ${installed}, as you chose (${available} is there).`)
  for (const { slug, available, asks } of held) {
    cli.output.line(`${slug} ${available} waits for you. It asks to:`)
    for (const ask of asks) cli.output.line(`  ${ask.title} [${ask.capability}]`)
    cli.output.line(`  Decide with: skillet update ${slug}`)
  }
  for (const { slug, error } of failed)
    cli.output.line(`${slug} was not updated. ${error.code}: ${error.message} ${error.remedy}`)
  if (updated.length + held.length + pinned.length + failed.length === 0) sayNothingNewer(cli, asked)
  endUnasked(cli, asked)
  const [first] = failed
  if (first !== undefined) cli.exit(exitStatusOf(first.error.code))
  else if (held.length > 0 && asked.problem === null) cli.exit(exitStatusOf('PERMISSION_DENIED'))
}

function plainAsk({ capability, title, reason, limit, scope }: Ask): Ask {
  return { capability, title, reason, limit, scope }
}
