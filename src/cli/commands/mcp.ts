import type { Command } from 'commander'
import { agentNameSchema } from '../../shared/agent-name.ts'
import { SkilletError } from '../../shared/errors.ts'
import { version } from '../../../package.json'
import type { Cli } from '../context.ts'

/** `skillet mcp`: for agents, which start it and speak the Model Context Protocol over its standard input and output. */
export function addMcp(program: Command, cli: Cli): void {
  program
    .command('mcp')
    .description('speak MCP on standard input and output; for agents, which start this themselves')
    .option('--name <name>', 'what to call the agent, when it asks to be connected')
    .action(async ({ name }: { name?: string }) => {
      if (name !== undefined && !agentNameSchema.safeParse(name).success)
        throw new SkilletError('USAGE', '--name takes a plain name such as Claude Code.')
      const { serveMcpOnStdio } = await import('../../bridge/mcp/stdio/serve.ts')
      await serveMcpOnStdio(
        {
          home: cli.settings().home,
          version,
          name: name ?? null,
          engine: () => cli.engine(),
          // Standard output is the protocol's alone.
          log: (line) => void cli.ports.stderr.write(`${line}\n`),
        },
        cli.signal,
      )
    })
}
