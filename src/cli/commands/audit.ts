import type { Command } from 'commander'
import { exitStatusOf } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { parseCount } from '../count-flag.ts'

/** `skillet audit [--verify]`: the journal of everything that was installed, allowed, refused and run. */
export function addAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('read the journal, or prove that nobody changed it')
    .option('--verify', 'check every entry of the journal')
    .option('--limit <n>', 'how many entries, newest first', '100')
    .action(async (options: { verify?: boolean; limit: string }) => {
      const engine = await cli.engine()
      if (options.verify) {
        const verdict = await engine.verifyAudit()
        cli.output.document(verdict)
        cli.output.line(
          verdict.ok
            ? `The journal is intact: ${verdict.entries} entries.`
            : `The journal was changed: ${verdict.problem ?? 'an entry does not fit the one before it'}`,
        )
        if (!verdict.ok) cli.exit(exitStatusOf('AUDIT_BROKEN'))
        return
      }
      const limit = parseCount('--limit', options.limit)
      const entries = await engine.auditEntries({ limit, before: null })
      cli.output.document({ entries })
      for (const entry of entries) cli.output.line(`${entry.at}  ${entry.text}`)
      if (entries.length === 0) cli.output.line('Nothing has happened yet.')
    })
}
