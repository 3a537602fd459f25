import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { Doctor, TrustStatus } from '../../shared/contract/overview.ts'
import type { Hardware } from '../../shared/hardware.ts'
import { findProgram } from '../../engine/probe/programs.ts'
import { apparmorProfile } from '../../engine/sandbox/apparmor-profile.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { withProgress } from '../progress.ts'
import { trustLines } from '../trust-lines.ts'

/** `skillet doctor`: what this computer is, and whether skills can run on it safely. */
export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('look at this computer: hardware, sandbox, keychain, agents, whom it trusts')
    .option('--apparmor-profile', 'print only the rule that lets bubblewrap work under AppArmor')
    .action(async (options: { apparmorProfile?: true }) => {
      if (options.apparmorProfile) {
        const profile = apparmorProfile((await findProgram('bwrap')) ?? '/usr/bin/bwrap')
        cli.output.document({ apparmorProfile: profile })
        for (const line of profile.trimEnd().split('\n')) cli.output.line(line)
        return
      }
      const engine = await cli.engine()
      const [doctor, trust] = await withProgress(cli, 'Looking', () =>
        Promise.all([engine.doctor(), freshTrust(engine)]),
      )
      cli.output.document({ ...doctor, trust })
      for (const line of [...doctorLines(doctor), '', ...trustLines(trust)]) cli.output.line(line)
    })
}

/** What is trusted now; a registry that doesn't answer or isn't believed is a finding, not the end of the examination. */
async function freshTrust(engine: Engine): Promise<TrustStatus> {
  return engine.refreshTrust().catch((error: unknown) => {
    if (error instanceof SkilletError) return engine.trustStatus()
    throw error
  })
}

/** The report in words. */
export function doctorLines(doctor: Doctor): string[] {
  const { hardware, sandbox, agents, policy } = doctor
  return [
    'This computer',
    `  ${hardware.osName}, ${hardware.arch}`,
    `  ${hardware.cpu}, ${hardware.cores} cores`,
    `  ${gigabytes(hardware.memoryMb)} of memory, ${gigabytes(hardware.diskFreeMb)} free on disk`,
    ...graphics(hardware).map((line) => `  ${line}`),
    '',
    ...sandboxLines(sandbox),
    ...keyLines(doctor),
    agents.length === 0 ? 'No agents found.' : 'Agents found',
    ...agents.map((agent) => `  ${agent.name}  ${agent.folder}`),
    ...policyLines(policy),
  ]
}

/** A keychain that is missing is nothing to put right where keys are kept elsewhere. */
function keyLines({ keychain, keyPlace: { kind, usable, locked, problem, fix } }: Doctor): string[] {
  if (!usable && !locked)
    return [`Keys can't be kept: ${problem ?? `${keychain.name} does not answer`}`, ...fixLines(fix)]
  if (kind === 'keychain') return [`Keychain ready (${keychain.name}): keys are kept there.`]
  if (kind === 'session') return ['Keys are kept in memory until Skillet closes.']
  return [`Keys are kept in a file that a passphrase protects${locked ? ', locked now' : ''}.`]
}

function policyLines({ managed, organisation, problem }: Doctor['policy']): string[] {
  if (problem !== null)
    return [`Nothing installs or runs: ${problem.message}`, `  To fix it: ${problem.remedy}`]
  if (!managed) return []
  return [`Managed by ${organisation ?? 'an administrator'}: see skillet policy show`]
}

function sandboxLines({ ready, backend, backends, problem, fix }: Doctor['sandbox']): string[] {
  const untold = backends.filter((one) => !one.ready && one.problem !== problem)
  return [
    ready
      ? `Sandbox ready (${backend ?? 'built in'}): skills stay inside what you allow.`
      : `Sandbox not ready: ${problem ?? 'it could not be tested'}`,
    ...(ready
      ? [
          '  Memory is watched, without a control group (cgroup): for a moment a run can go a little over its limit.',
        ]
      : fixLines(fix)),
    ...backends
      .filter((one) => one.ready && backend?.split(' ')[0] !== one.name)
      .map(({ name }) => `  ${name}  ready`),
    ...untold.flatMap((one) => [
      `  ${one.name}  not ready: ${one.problem}`,
      ...fixLines(one.fix).map(indent),
    ]),
  ]
}

/** A fix has a step a line. */
function fixLines(fix: string | null): string[] {
  if (fix === null) return []
  const steps = fix.split('\n')
  return steps.length === 1
    ? [`  To fix it: ${fix}`]
    : ['  To fix it:', ...steps.map((step) => `    ${step}`)]
}

const indent = (line: string): string => `  ${line}`

function graphics(hardware: Hardware): string[] {
  if (hardware.gpus.length === 0) return ['No graphics processor found']
  const cards = hardware.gpus.map(
    (gpu) =>
      `${gpu.name}, ${gpu.vramMb === null ? 'graphics memory unknown' : `${gigabytes(gpu.vramMb)} of graphics memory`}`,
  )
  return hardware.cuda === null ? cards : [...cards, `CUDA ${hardware.cuda}`]
}

function gigabytes(mebibytes: number): string {
  const value = mebibytes / 1024
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} GB`
}
