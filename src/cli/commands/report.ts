import { Option, type Command } from 'commander'
import { maxReportContact, maxReportWords } from '../../shared/report-limits.ts'
import { reportKinds, type ReportKind } from '../../shared/skill-report.ts'
import { SkilletError } from '../../shared/errors.ts'
import { parseSkillRef, type Cli } from '../context.ts'

interface Flags {
  version?: string
  kind: ReportKind
  words: string
  contact?: string
}

/** `skillet report SLUG[@VERSION] --kind KIND --words TEXT`: tells the registry that something is wrong with a skill. */
export function addReport(program: Command, cli: Cli): void {
  program
    .command('report')
    .description('tell the registry of a problem with a skill')
    .argument('<slug[@version]>')
    .option('--version <version>', 'the version that it is about, if not all are meant')
    .addOption(
      new Option(
        '--kind <kind>',
        'malware: it does something harmful; vulnerability: it has a security hole; impersonation: it pretends to be something else',
      )
        .choices(reportKinds)
        .makeOptionMandatory(),
    )
    .requiredOption('--words <text>', 'what happened')
    .option('--contact <text>', 'how you may be reached; nobody writes to you without it')
    .action(async (ref: string, { version: flag, kind, words, contact }: Flags) => {
      const { slug, version = '*' } = parseSkillRef(flag === undefined ? ref : `${ref}@${flag}`)
      const report = {
        slug,
        version,
        kind,
        words: sentence('--words', words, maxReportWords),
        contact: contact === undefined ? null : sentence('--contact', contact, maxReportContact),
      }
      const engine = await cli.engine()
      const { id } = await engine.report(report)
      cli.output.document({ ...report, id, registry: engine.registryUrl, account: engine.hasApiKey })
      cli.output.line(`Your report about ${slug} has arrived at ${engine.registryUrl}, as ${id}.`)
      cli.output.line(
        `It holds what you wrote here${engine.hasApiKey ? ', and by your key whose account it is from' : ''}. Somebody of the registry reads it; if the skill is dangerous, nobody gets it any more and everybody who has it is warned.`,
      )
      cli.output.line(`Until then, use skillet remove ${slug} if you have it and are in doubt.`)
    })
}

function sentence(flag: string, text: string, most: number): string {
  const trimmed = text.trim()
  if (trimmed === '') throw new SkilletError('USAGE', `${flag} is empty.`, { remedy: 'Say what you saw.' })
  if (trimmed.length > most)
    throw new SkilletError('USAGE', `${flag} is longer than ${most} characters.`, {
      remedy: 'Say the most important in fewer words.',
    })
  return trimmed
}
