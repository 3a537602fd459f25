import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { packFolder } from '../../engine/package/pack.ts'
import { asksOf } from '../../shared/capability-words.ts'
import { exitStatusOf, SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { inspectBundle } from '../bundle-file.ts'
import { parseSkillRef, splitSkillRef, type Cli } from '../context.ts'
import { withProgress } from '../progress.ts'
import { readSkillToml } from '../skill-folder.ts'
import { detailLines, fingerprint } from '../skill-lines.ts'
import { keyStatus, trustLines } from '../trust-lines.ts'
import { withdrawnLines } from '../withdrawn-lines.ts'
import { lintLines, lintPath } from './lint.ts'

/** `skillet inspect SLUG|FILE.skillet|DIR`: where a skill comes from, and whether it is what was signed. */
export function addInspect(program: Command, cli: Cli): void {
  program
    .command('inspect')
    .description('prove where an installed skill, a .skillet file or a folder comes from')
    .argument('<slug, file.skillet or dir>')
    .action(async (what: string) => {
      if (what.endsWith('.skillet')) return inspectFile(cli, what)
      if (await isSkillFolder(what)) return inspectFolder(cli, what)
      return inspectSlug(cli, what)
    })
}

async function inspectSlug(cli: Cli, what: string): Promise<void> {
  const ref = parseSkillRef(what)
  const engine = await cli.engine()
  const installed = (await engine.installed()).find((skill) => skill.slug === ref.slug)
  const version = ref.version ?? installed?.version
  const detail = await withProgress(cli, `Looking at ${ref.slug}`, () => engine.show(ref.slug, version))
  const here = installed?.version === detail.summary.version ? installed : null
  const files = here === null ? null : ((await engine.verify(ref.slug)).skills[0] ?? null)
  const trust = await engine.trustStatus()
  const publishKey = trust.publishKeys.find(({ keyid }) => keyid === detail.provenance.keyid) ?? null
  const withdrawn = here?.withdrawn ?? null
  cli.output.document({
    kind: here === null ? 'registry' : 'installed',
    slug: detail.summary.slug,
    version: detail.summary.version,
    verified: (files === null || files.ok) && withdrawn === null,
    installedAt: here?.installedAt ?? null,
    provenance: detail.provenance,
    publishKey,
    trust,
    withdrawn,
    manifest: detail.manifest,
    files: detail.files,
    check: files,
  })
  for (const line of detailLines(detail)) cli.output.line(line)
  cli.output.line('')
  if (publishKey !== null) cli.output.line(`The signing key is ${keyStatus(publishKey)}.`)
  for (const line of trustLines(trust)) cli.output.line(line)
  cli.output.line('')
  if (here === null) cli.output.line('Not installed.')
  else if (files !== null)
    cli.output.line(
      files.ok
        ? `Installed ${here.installedAt}; every file is as signed.`
        : `Installed, and NOT as signed: ${[...files.changed, ...files.missing, ...files.extra].join(', ')}`,
    )
  if (here !== null && withdrawn !== null) {
    for (const line of withdrawnLines(here, withdrawn)) cli.output.line(line)
    cli.exit(exitStatusOf('REVOKED'))
  } else if (files !== null && !files.ok) cli.exit(exitStatusOf('INTEGRITY_BROKEN'))
}

async function inspectFile(cli: Cli, file: string): Promise<void> {
  const { release, keyids, problem, trust, revocation } = await withProgress(cli, 'Looking at the file', () =>
    inspectBundle(file, cli.settings()),
  )
  const publishKeys = trust?.publishKeys.filter(({ keyid }) => keyids.includes(keyid)) ?? []
  cli.output.document({
    kind: 'bundle',
    slug: release.slug,
    version: release.version,
    verified: problem === null,
    problem: problem?.toPlain() ?? null,
    signedBy: keyids,
    provenance: { publisher: release.publisher, publishedAt: release.publishedAt, ...release.review },
    publishKey: publishKeys[0] ?? null,
    trust,
    revocation,
    manifest: release.skill,
    files: release.files,
    tarball: release.tarball,
  })
  cli.output.line(`${release.skill.title} ${release.version}`)
  cli.output.line(`Made by ${release.publisher}, published ${release.publishedAt}`)
  cli.output.line(`Reviewed by ${release.review.reviewer}: ${release.review.comment}`)
  for (const keyid of keyids) cli.output.line(`Signed with key ${fingerprint(keyid)}`)
  for (const key of publishKeys) cli.output.line(`  ${keyStatus(key)}`)
  cli.output.line(`Archive SHA-256 ${release.tarball.sha256}, ${release.tarball.size} bytes`)
  for (const line of askLines(release.skill)) cli.output.line(line)
  if (trust !== null) for (const line of trustLines(trust)) cli.output.line(line)
  if (problem === null)
    cli.output.line('The signature is genuine, the archive is the one that was signed, and it is current.')
  else {
    cli.output.note(`NOT verified. ${problem.code}: ${problem.message}`)
    cli.output.note(problem.remedy)
    cli.exit(exitStatusOf(problem.code))
  }
}

async function inspectFolder(cli: Cli, dir: string): Promise<void> {
  const folder = resolve(dir)
  const report = await lintPath(folder)
  const manifest = (await exists(join(folder, 'skill.toml'))) ? await readSkillToml(folder) : null
  const { files } = await packFolder(folder)
  cli.output.document({
    kind: 'folder',
    slug: manifest?.slug ?? null,
    version: manifest?.version ?? null,
    verified: false,
    provenance: null,
    manifest,
    files,
    report,
  })
  cli.output.line(
    manifest === null ? folder : `${manifest.title} ${manifest.version}, by ${manifest.publisher}`,
  )
  cli.output.line('Nobody has signed this folder: what it says about itself is not proven.')
  if (manifest !== null) for (const line of askLines(manifest)) cli.output.line(line)
  for (const file of files) cli.output.line(`  ${file.sha256}  ${file.path}`)
  for (const line of lintLines(report)) cli.output.line(line)
}

function askLines(manifest: SkillManifest): string[] {
  const asks = asksOf(manifest)
  return asks.length === 0
    ? ['It asks for nothing.']
    : ['It asks to:', ...asks.map((ask) => `  ${ask.title} [${ask.capability}]`)]
}

/** A bare word that could be a slug means a folder only where a skill really lies in it. */
async function isSkillFolder(what: string): Promise<boolean> {
  const holdsSkill = (await exists(join(what, 'SKILL.md'))) || (await exists(join(what, 'skill.toml')))
  if (!holdsSkill && !slugSchema.safeParse(splitSkillRef(what).slug).success)
    throw new SkilletError('NOT_FOUND', `${what} is no skill that Skillet knows.`, {
      remedy: 'Name a skill, a .skillet file or the folder of a skill.',
    })
  return holdsSkill
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
