import type { Command } from 'commander'
import { categories } from '../../shared/skill-manifest.ts'
import type { SkillDetail, SkillSummary } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import { parseSkillRef, type Cli } from '../context.ts'

/** `skillet search TEXT` and `skillet show SLUG`. */
export function addCatalogCommands(program: Command, cli: Cli): void {
  program
    .command('search')
    .description('find skills')
    .argument('[text...]', 'words to look for; none lists everything')
    .option('--category <name>', `one of ${categories.join(', ')}`)
    .option('--fits', 'only skills that fit this computer')
    .action(async (words: string[], options: { category?: string; fits?: boolean }) => {
      const category = options.category ?? null
      if (category !== null && !(categories as readonly string[]).includes(category))
        throw new SkilletError('USAGE', `There is no category named ${category}.`, {
          remedy: `Use one of ${categories.join(', ')}.`,
        })
      const skills = await (
        await cli.engine()
      ).search({ text: words.join(' '), category, fitsOnly: options.fits === true })
      cli.output.document({ skills, total: skills.length })
      for (const skill of skills) for (const line of summaryLines(skill)) cli.output.line(line)
      if (skills.length === 0) cli.output.line('No skill matches.')
    })

  program
    .command('show')
    .description('show one skill: what it does, may do and needs, and who made it')
    .argument('<slug[@version]>')
    .action(async (ref: string) => {
      const { slug, version } = parseSkillRef(ref)
      const detail = await (await cli.engine()).show(slug, version)
      cli.output.document(detail)
      for (const line of detailLines(detail)) cli.output.line(line)
    })
}

function summaryLines(skill: SkillSummary): string[] {
  const marks = [
    skill.installedVersion === null ? null : `installed ${skill.installedVersion}`,
    skill.fit.ok ? null : skill.fit.short,
    skill.needsKey ? 'asks for a key' : null,
    skill.tier === 'free' ? null : `needs the ${skill.tier} plan`,
  ].filter((mark) => mark !== null)
  return [
    `${skill.slug} ${skill.version}  ${skill.title}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`,
    `  ${skill.summary}`,
  ]
}

/** Everything that a person should know before installing. */
export function detailLines(detail: SkillDetail): string[] {
  const { summary, provenance } = detail
  return [
    ...summaryLines(summary),
    '',
    detail.asks.length === 0 ? 'It asks for nothing.' : 'It may, if you allow it:',
    ...detail.asks.flatMap((ask) => [
      `  ${ask.title} [${ask.capability}]`,
      `    Why: ${ask.reason}`,
      `    ${ask.limit}`,
    ]),
    ...(detail.cannot.length > 0 ? [`It can't: ${detail.cannot.join(', ')}.`] : []),
    '',
    ...summary.fit.lines.map(
      (line) => `${line.ok ? 'ok' : 'NO'}  ${line.label}: needs ${line.required}, found ${line.found}`,
    ),
    ...(detail.alternative === null
      ? []
      : [`Instead: ${detail.alternative.slug}, ${detail.alternative.title}`]),
    ...(summary.fit.lines.length > 0 ? [''] : []),
    ...provenanceLines(provenance),
    '',
    'Files',
    ...detail.files.map(
      (file) => `  ${file.path}  ${file.size} bytes${file.executable ? ', executable' : ''}`,
    ),
  ]
}

/** Who made it, who reviewed it, and whose signature was verified. */
export function provenanceLines(provenance: SkillDetail['provenance']): string[] {
  return [
    `Made by ${provenance.publisher}, published ${provenance.publishedAt} on ${provenance.registry}`,
    `Reviewed by ${provenance.reviewer} on ${provenance.reviewedAt}${provenance.reviewComment === '' ? '' : `: ${provenance.reviewComment}`}`,
    `Signature genuine, key ${fingerprint(provenance.keyid)}`,
    `Archive SHA-256 ${provenance.tarballSha256}, ${provenance.tarballSize} bytes`,
  ]
}

/** A fingerprint in groups of four, as people compare it. */
export function fingerprint(keyid: string): string {
  return keyid.match(/.{1,4}/g)?.join(' ') ?? keyid
}
