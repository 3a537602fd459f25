import type { Command } from 'commander'
import { exitStatusOf, SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { parseCount } from '../count-flag.ts'

/** `skillet audit [--verify|--seal]`: the journal of everything that was installed, allowed, refused and run. */
export function addAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('read the journal, prove that nobody changed it, or go on after it was damaged')
    .option('--verify', 'check every entry of the journal')
    .option('--seal', 'set the damaged part of the journal aside, so that it can go on')
    .option('--limit <n>', 'how many entries, newest first', '100')
    .action(async (options: { verify?: boolean; seal?: boolean; limit: string }) => {
      if (options.verify && options.seal)
        throw new SkilletError('USAGE', '--verify and --seal are two commands.')
      const engine = await cli.engine()
      if (options.seal) {
        const sealed = await engine.sealAudit()
        cli.output.document(sealed)
        if (sealed.problem === null) cli.output.line('The journal is intact: there was nothing to set aside.')
        else {
          cli.output.line(`Set aside: ${sealed.problem}`)
          for (const file of sealed.files) cli.output.line(`  audit/sealed/${file}`)
          cli.output.line('The journal goes on, and says so in its next entry.')
        }
        return
      }
      if (options.verify) {
        const verdict = await engine.verifyAudit()
        cli.output.document(verdict)
        cli.output.line(
          verdict.ok
            ? `The journal is intact: ${verdict.entries} entries.`
            : `The journal was changed: ${verdict.problem ?? 'an entry does not fit the one before it'}`,
        )
        for (const one of verdict.sealed)
          cli.output.line(`Set aside on ${one.at}: ${one.problem} (${one.files.join(', ')})`)
        if (!verdict.ok) cli.output.note('To set the damaged part aside and go on: skillet audit --seal')
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
