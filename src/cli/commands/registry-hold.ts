import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { registryClient } from '../registry-access.ts'

/** `skillet registry hold|release SLUG --reason TEXT`, with a reviewer's key. */
export function addRegistryHold(registry: Command, cli: Cli): void {
  for (const [verb, description, said] of [
    ['hold', 'stop offering a skill until somebody has looked, and warn everybody who has it', 'is on hold'],
    ['release', 'offer a skill again', 'is offered again'],
  ] as const)
    registry
      .command(verb)
      .description(description)
      .argument('<slug>')
      .requiredOption('--reason <text>', 'what people are told')
      .action(async (slug: string, { reason }: { reason: string }) => {
        await (await registryClient(cli))[verb](slug, reason)
        cli.output.document({ slug, reason })
        cli.output.line(`${slug} ${said}.`)
      })
}
