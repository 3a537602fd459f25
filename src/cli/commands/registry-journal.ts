import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { parseCount } from '../count-flag.ts'
import { table } from '../output.ts'
import { registryClient } from '../registry-access.ts'

/** `skillet registry journal`: what was done in the registry's accounts, with an administrator's key. */
export function addRegistryJournal(registry: Command, cli: Cli): void {
  registry
    .command('journal')
    .description('show who did what, the newest first')
    .option('--account <name>', 'in this account alone')
    .option('--actor <name>', 'by this person or account alone')
    .option('--before <number>', 'what is older than this entry')
    .action(async ({ before, ...flags }: { account?: string; actor?: string; before?: string }) => {
      const entries = await (
        await registryClient(cli)
      ).journal({
        ...flags,
        ...(before === undefined ? {} : { before: parseCount('--before', before) }),
      })
      cli.output.document({ entries })
      const rows = entries.map((one) => [
        String(one.seq),
        one.at,
        one.account,
        one.actor,
        one.action,
        one.target,
      ])
      for (const line of table(rows)) cli.output.line(line)
      if (entries.length === 0) cli.output.line('Nothing was done.')
    })
}
