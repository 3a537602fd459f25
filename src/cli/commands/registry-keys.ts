import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { tiers, tierSchema } from '../../shared/tier.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'
import { registryClient } from '../registry-access.ts'
import { collect } from '../grant-flags.ts'

/** `skillet registry keys mint|list|revoke`, with an administrator's key. */
export function addRegistryKeys(registry: Command, cli: Cli): void {
  const keys = registry.command('keys').description("the registry's API keys")

  keys
    .command('mint')
    .description('make a key; it is shown once')
    .requiredOption('--account <name>', 'the publisher or customer that it belongs to')
    .option('--label <text>', 'what it is for', 'API key')
    .option('--tier <name>', `one of ${tiers.join(', ')}`, 'free')
    .option(
      '--scope <name>',
      'what it may do (repeatable), for example write:publish or review:write; read:catalog when left out',
      collect,
      [],
    )
    .action(async (flags: { account: string; label: string; tier: string; scope: string[] }) => {
      const tier = tierSchema.safeParse(flags.tier)
      if (!tier.success)
        throw new SkilletError('USAGE', `There is no tier named ${flags.tier}.`, {
          remedy: `Use one of ${tiers.join(', ')}.`,
        })
      const minted = await (
        await registryClient(cli)
      ).mintKey({
        account: flags.account,
        label: flags.label,
        tier: tier.data,
        scopes: flags.scope.length > 0 ? flags.scope : ['read:catalog'],
      })
      cli.output.document(minted)
      cli.output.line(minted.key)
      cli.output.note('Keep it now: it is not shown again.')
    })

  keys
    .command('list')
    .description('list the keys, never their values')
    .option('--account <name>', 'of this account alone')
    .action(async (flags: { account?: string }) => {
      const all = await (await registryClient(cli)).listKeys(flags.account)
      cli.output.document({ keys: all })
      const rows = all.map((key) => [
        key.id,
        key.account,
        `${key.prefix}…`,
        key.tier ?? "its account's",
        key.scopes.join(', '),
        key.label,
      ])
      for (const line of table(rows)) cli.output.line(line)
    })

  keys
    .command('revoke')
    .description('end a key')
    .argument('<id>')
    .action(async (id: string) => {
      await (await registryClient(cli)).revokeKey(id)
      cli.output.document({ id })
      cli.output.line(`Revoked ${id}.`)
    })
}
