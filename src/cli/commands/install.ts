import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { InstallSource } from '../../engine/api.ts'
import type { InstallStep } from '../../shared/contract/install.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { decide } from '../decide.ts'
import { parseGrantFlags } from '../grant-flags.ts'
import { readHidden } from '../prompt.ts'

const stepWords: Record<InstallStep, string> = {
  access: 'Access checked',
  signature: 'Signature genuine',
  hardware: 'Fits this computer',
  policy: 'Within the rules set here',
  download: 'Downloading',
  digest: 'Checking that nothing was altered',
  extract: 'Unpacking',
  save: 'Saving',
}

/** `skillet install`: proves a skill genuine, asks about each capability, installs it. */
export function addInstall(program: Command, cli: Cli): void {
  program
    .command('install')
    .description('install a skill, after checking it and asking you about each thing it may do')
    .argument('<slug[@version] or file.skillet>')
    .option('--grant <capability[=scope]>', 'allow this (repeatable)', collect, [])
    .option('--grant-declared', 'allow everything that the skill declares')
    .action(async (what: string, options: { grant: string[]; grantDeclared?: boolean }) => {
      const granted = parseGrantFlags(options.grant)
      const source = sourceOf(what)
      const engine = await cli.engine()
      const plan = await engine.planInstall(source)
      try {
        cli.output.note(`${plan.skill.title} ${plan.skill.version}, made by ${plan.provenance.publisher}`)
        const decisions = await decide(cli, plan.skill.title, plan.asks, {
          granted,
          grantDeclared: options.grantDeclared === true,
        })
        const refused = Object.values(decisions).some(({ decision }) => decision === 'deny')
        if (cli.canAsk && !refused)
          for (const secret of plan.secrets.filter(({ present, required }) => required && !present)) {
            const value = await readHidden(cli, `${secret.title} (${secret.name}, not shown): `)
            if (value !== '') await engine.setSecret(secret.name, value)
          }
        let step: InstallStep | null = null
        const installed = await engine.applyInstall(plan.planId, decisions, 'cli', {
          signal: cli.signal,
          onProgress: (progress) => {
            if (progress.step !== step) cli.output.note(`  ${stepWords[progress.step]}`)
            step = progress.step
          },
        })
        cli.output.document(installed)
        cli.output.line(`Installed ${installed.slug} ${installed.version}.`)
      } finally {
        engine.discardPlan(plan.planId)
      }
    })
}

function sourceOf(what: string): InstallSource {
  return what.endsWith('.skillet') ? { file: resolve(what) } : parseSkillRef(what)
}

/** For options that may be given several times. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}
