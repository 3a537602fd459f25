import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { InstallSource } from '../../engine/api.ts'
import { agentsOf } from '../agent-names.ts'
import { applyPlan } from '../apply-plan.ts'
import { changeLines } from '../change-lines.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { decide } from '../decide.ts'
import { collect, lifeOf, lifeOption, onceOption, parseGrantFlags, type LifeFlags } from '../grant-flags.ts'
import { withProgress } from '../progress.ts'

interface InstallFlags extends LifeFlags {
  grant: string[]
  grantDeclared?: boolean
  agent: string[]
}

/** `skillet install`: proves a skill genuine, asks about each capability, installs it. */
export function addInstall(program: Command, cli: Cli): void {
  program
    .command('install')
    .description('install a skill, after checking it and asking you about each thing it may do')
    .argument('<slug[@version] or file.skillet>')
    .option('--grant <capability[=scope]>', 'allow this (repeatable)', collect, [])
    .option('--grant-declared', 'allow everything that the skill declares')
    .addOption(onceOption())
    .addOption(lifeOption())
    .option('--agent <name>', 'give it to this agent as well (repeatable)', collect, [])
    .action(async (what: string, options: InstallFlags) => {
      const granted = parseGrantFlags(options.grant)
      const agents = agentsOf(options.agent)
      const source = sourceOf(what)
      const engine = await cli.engine()
      const plan = await withProgress(cli, 'Checking the skill', () => engine.planInstall(source))
      try {
        cli.output.note(`${plan.skill.title} ${plan.skill.version}, made by ${plan.provenance.publisher}`)
        if (plan.older) cli.output.note(`It is older than ${plan.replaces}, which you have: this goes back.`)
        else if (plan.replaces !== null) cli.output.note(`It takes the place of ${plan.replaces}.`)
        if (plan.changes !== null) for (const line of changeLines(plan.changes)) cli.output.note(line)
        const decisions = await decide(cli, plan.skill.title, plan.asks, {
          granted,
          grantDeclared: options.grantDeclared === true,
          life: lifeOf(options),
        })
        const installed = await applyPlan(cli, engine, plan, decisions)
        if (agents.length > 0) await engine.placeSkill(installed.slug, agents)
        const cannotRun = await engine.whyNotRunnable(installed.slug)
        cli.output.document(cannotRun === null ? installed : { ...installed, cannotRun })
        cli.output.line(`Installed ${installed.slug} ${installed.version}.`)
        if (cannotRun !== null) {
          cli.output.note(`It can’t run on this computer yet. ${cannotRun.problem}`)
          for (const step of cannotRun.fix.split('\n')) cli.output.note(`  ${step}`)
        }
      } finally {
        engine.discardPlan(plan.planId)
      }
    })
}

function sourceOf(what: string): InstallSource {
  return what.endsWith('.skillet') ? { file: resolve(what) } : parseSkillRef(what)
}
