import { InvalidArgumentError, type Command } from 'commander'
import { severities } from '../../shared/finding.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { registryClient } from '../registry-access.ts'
import { collect } from '../grant-flags.ts'

const revocationSeverities = severities.filter((severity) => severity !== 'info')

/** `skillet registry revoke SLUG[@VERSION] --reason TEXT`, with an administrator's key. */
export function addRegistryRevoke(registry: Command, cli: Cli): void {
  registry
    .command('revoke')
    .description('stop a skill, or one version of it, on every computer')
    .argument('<slug[@version]>')
    .requiredOption('--reason <text>', 'what people are told')
    .option('--severity <name>', revocationSeverities.join(', '), toSeverity, 'high')
    .option('--rotate <secret>', 'a key that people should replace (repeatable)', collect, [])
    .action(
      async (
        ref: string,
        flags: { reason: string; severity: ReturnType<typeof toSeverity>; rotate: string[] },
      ) => {
        const { slug, version = '*' } = parseSkillRef(ref.replace(/@\*$/, ''))
        const { reason, severity, rotate } = flags
        const revocation = await (
          await registryClient(cli)
        ).revoke({ slug, version, reason, severity, rotate })
        cli.output.document(revocation)
        cli.output.line(`Revoked ${slug}${version === '*' ? '' : ` ${version}`}.`)
        cli.output.line(
          'Nobody can install it from now on. Computers that have it notice at their next check, within',
        )
        cli.output.line(
          'five minutes while Skillet is open: it is moved aside, stopped, and the person is told why.',
        )
      },
    )
}

function toSeverity(text: string): (typeof revocationSeverities)[number] {
  const found = revocationSeverities.find((severity) => severity === text)
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${revocationSeverities.join(', ')}.`)
  return found
}
