import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { registryClient } from '../registry-access.ts'

const roles = ['reviewer', 'administrator'] as const

/** `skillet registry sign-in LOGIN`: lets somebody in to the console, with an administrator's key. */
export function addRegistrySignIn(registry: Command, cli: Cli): void {
  registry
    .command('sign-in')
    .description('make a link that signs somebody in to the console, once')
    .argument('<login>', 'what the person is called')
    .option('--role <name>', 'reviewer or administrator of the registry')
    .action(async (login: string, flags: { role?: string }) => {
      const role = roles.find((one) => one === flags.role) ?? null
      if (flags.role !== undefined && role === null)
        throw new SkilletError('USAGE', `There is no role named ${flags.role}.`, {
          remedy: `Use one of ${roles.join(', ')}.`,
        })
      const { link } = await (await registryClient(cli)).invite({ login, role })
      cli.output.document({ login, role, link })
      cli.output.line(link)
      cli.output.note('It works once, within ten minutes.')
    })
}
