import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { InstalledSkill, VerifyReport } from '../../shared/contract/library.ts'
import { exitStatusOf, toSkilletError, type PlainError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { warnOnHold } from '../on-hold-lines.ts'
import { withProgress } from '../progress.ts'
import { withdrawnLines } from '../withdrawn-lines.ts'

type Checked = VerifyReport['skills'][number]

interface Repairs {
  /** What was found, and where the edited copy lies now. */
  readonly repaired: (Checked & { keptAt: string | null })[]
  readonly failed: { slug: string; error: PlainError }[]
}

/** `skillet verify [SLUG] [--repair]`: the files on disk against what was signed, and what was withdrawn. */
export function addVerify(program: Command, cli: Cli): void {
  program
    .command('verify')
    .description('check the files of installed skills against what was signed')
    .argument('[slug]', 'only this one; all when left out')
    .option('--repair', 'put back what was signed; your edited copy is kept aside')
    .action(async (slug: string | undefined, flags: { repair?: boolean }) => {
      const engine = await cli.engine()
      // It looks for withdrawals on the way.
      const installed = await engine.installed()
      const before = await withProgress(cli, 'Checking files', () => engine.verify(slug))
      const repairs = flags.repair === true ? await repairAll(cli, engine, before.skills, installed) : null
      const after = repairs === null || repairs.repaired.length === 0 ? before : await engine.verify(slug)
      const skills = after.skills.map((skill) => ({
        ...skill,
        withdrawn: withdrawnOf(skill, installed),
        ...heldOf(installed.find((one) => one.slug === skill.slug)),
      }))
      const ok = after.ok && skills.every(({ withdrawn }) => withdrawn === null)
      cli.output.document({ ok, skills, ...repairs })
      for (const skill of after.skills) say(cli, skill, installed, repairs)
      warnOnHold(
        cli.output,
        installed.filter((one) => skills.some((skill) => skill.slug === one.slug)),
      )
      if (skills.length === 0) cli.output.line('No skill is installed.')
      if (!after.ok && repairs === null)
        cli.output.note('To put back what was signed and keep the edited copy: skillet verify --repair')
      const failure = repairs?.failed[0]?.error.code ?? (ok ? null : 'INTEGRITY_BROKEN')
      if (failure !== null) cli.exit(exitStatusOf(failure))
    })
}

function withdrawnOf({ slug }: Checked, installed: readonly InstalledSkill[]): InstalledSkill['withdrawn'] {
  return installed.find((skill) => skill.slug === slug)?.withdrawn ?? null
}

/** One that can't be repaired keeps no other from it. What was withdrawn stays as it lies. */
async function repairAll(
  cli: Cli,
  engine: Engine,
  skills: readonly Checked[],
  installed: readonly InstalledSkill[],
): Promise<Repairs> {
  const repairs: Repairs = { repaired: [], failed: [] }
  for (const skill of skills.filter((one) => !one.ok && withdrawnOf(one, installed) === null))
    try {
      const { keptAt } = await withProgress(cli, `Repairing ${skill.slug}`, () => engine.repair(skill.slug))
      repairs.repaired.push({ ...skill, keptAt })
    } catch (error) {
      const failure = toSkilletError(error)
      if (failure.code === 'CANCELLED' || failure.code === 'INTERNAL') throw error
      repairs.failed.push({ slug: skill.slug, error: failure.toPlain() })
    }
  return repairs
}

function say(cli: Cli, skill: Checked, installed: readonly InstalledSkill[], repairs: Repairs | null): void {
  const was = skill.ok ? repairs?.repaired.find((one) => one.slug === skill.slug) : undefined
  const how = was !== undefined ? 'repaired' : skill.ok ? 'as signed' : 'NOT as signed'
  const known = installed.find((one) => one.slug === skill.slug)
  const withdrawn = known?.withdrawn ?? null
  cli.output.line(
    `${skill.slug} ${skill.version}  ${skill.problem?.code === 'SIGNER_UNTRUSTED' ? 'NOT checked' : how}${withdrawn === null ? '' : ', WITHDRAWN'}`,
  )
  if (skill.problem !== undefined) cli.output.line(`  ${skill.problem.message} ${skill.problem.remedy}`)
  sayDifferences(cli, was ?? skill)
  if (was !== undefined && was.keptAt !== null) cli.output.line(`  The edited copy is in ${was.keptAt}`)
  const failed = repairs?.failed.find((one) => one.slug === skill.slug)?.error
  if (failed !== undefined)
    cli.output.line(`  It was not repaired. ${failed.code}: ${failed.message} ${failed.remedy}`)
  if (known !== undefined && withdrawn !== null)
    for (const line of withdrawnLines(known, withdrawn)) cli.output.line(`  ${line}`)
}

function sayDifferences(cli: Cli, skill: Checked): void {
  for (const path of skill.changed) cli.output.line(`  changed ${path}`)
  for (const path of skill.missing) cli.output.line(`  missing ${path}`)
  for (const path of skill.extra) cli.output.line(`  extra   ${path}`)
}

/** The document's form is what other programs rely on: it says more only where there is more to say. */
function heldOf(skill: Pick<InstalledSkill, 'onHold'> | undefined): Partial<Pick<InstalledSkill, 'onHold'>> {
  return skill === undefined || skill.onHold === null ? {} : { onHold: skill.onHold }
}
