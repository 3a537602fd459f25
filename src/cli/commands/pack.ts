import { resolve } from 'node:path'
import type { Command } from 'commander'
import { packFolder } from '../../engine/package/pack.ts'
import { writeOut } from '../../engine/write-out.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { withProgress } from '../progress.ts'
import { readSkillToml } from '../skill-folder.ts'
import { lintLines, lintPath } from './lint.ts'

interface Flags {
  output: string
  key?: string
  bundle?: string
}

/**
 * `skillet pack DIR -o FILE.tgz|FILE.skillet`, `skillet pack --bundle SLUG[@VERSION] -o FILE.skillet`: an archive for
 * publishing, a bundle of what a registry has published, or one signed with a key of one's own.
 */
export function addPack(program: Command, cli: Cli): void {
  program
    .command('pack')
    .description('pack a skill: FILE.tgz for publishing, FILE.skillet for installing without a connection')
    .argument('[dir]', 'the folder of a skill')
    .requiredOption('-o, --output <file>', 'where it goes; its ending says what it becomes')
    .option('--bundle <slug[@version]>', 'a skill that the registry has published, instead of a folder')
    .option('--key <file>', 'sign a .skillet with this key, made by skillet keygen')
    .action(async (dir: string | undefined, flags: Flags) => {
      const file = resolve(flags.output)
      const isBundle = file.endsWith('.skillet')
      if (!isBundle && !/\.(tgz|tar\.gz)$/.test(file))
        throw new SkilletError('USAGE', 'The file must end in .tgz or .skillet.')
      if ((dir === undefined) === (flags.bundle === undefined))
        throw new SkilletError('USAGE', 'Name either a folder or, with --bundle, a published skill.')
      if (flags.key !== undefined && (!isBundle || flags.bundle !== undefined))
        throw new SkilletError(
          'USAGE',
          isBundle
            ? 'A published skill is signed already: leave --key out.'
            : 'A .tgz is not signed: leave --key out.',
        )
      if (flags.bundle !== undefined) {
        if (!isBundle) throw new SkilletError('USAGE', 'With --bundle the file must end in .skillet.')
        return packPublished(cli, parseSkillRef(flags.bundle), file)
      }
      return packDir(cli, resolve(dir!), file, isBundle, flags.key)
    })
}

async function packDir(
  cli: Cli,
  dir: string,
  file: string,
  isBundle: boolean,
  keyFile: string | undefined,
): Promise<void> {
  const published = isBundle && keyFile === undefined
  if (published && cli.settings().registryUrl === null)
    throw new SkilletError('USAGE', 'A .skillet is signed, and neither a key nor a registry is named.', {
      remedy: 'Add --key FILE (skillet keygen makes one), or --registry URL if it is published there.',
    })
  const report = await lintedForPacking(cli, dir)
  const packed = await packFolder(dir)
  const tarball = { sha256: sha256Hex(packed.tarball), size: packed.tarball.length }
  if (published) {
    await assertPublished(cli, dir, tarball.sha256)
    const { slug, version } = await readSkillToml(dir)
    return packPublished(cli, { slug, version }, file)
  }
  if (keyFile === undefined) await writeOut(file, [[packed.tarball]])
  else {
    const { packSigned } = await import('../pack-signed.ts')
    await packSigned(
      { manifest: await readSkillToml(dir), packed, report, keyFile: resolve(keyFile) },
      (bytes) => writeOut(file, [[bytes]]),
    )
  }
  cli.output.document({ file, tarball, files: packed.files })
  cli.output.line(`${file}`)
  cli.output.line(`  ${packed.files.length} files, archive SHA-256 ${tarball.sha256}`)
}

async function lintedForPacking(cli: Cli, dir: string): Promise<LintReport> {
  const report = await lintPath(dir)
  if (report.verdict !== 'pass') for (const line of lintLines(report)) cli.output.note(line)
  if (report.verdict === 'fail')
    throw new SkilletError('PUBLISH_REJECTED', `${dir} did not pass the check.`, {
      remedy: `See what to correct: skillet lint ${dir}`,
    })
  return report
}

/** A folder that isn't what was published would give a bundle of something else than the person sees. */
async function assertPublished(cli: Cli, dir: string, sha256: string): Promise<void> {
  const { slug, version } = await readSkillToml(dir)
  const engine = await cli.engine()
  const { provenance } = await engine.show(slug, version).catch((error: unknown) => {
    if (error instanceof SkilletError && error.code === 'NOT_FOUND')
      throw new SkilletError(error.code, error.message, {
        remedy: 'Publish it first (skillet publish), or sign the bundle with a key of your own: --key FILE.',
        cause: error,
      })
    throw error
  })
  if (provenance.tarballSha256 !== sha256)
    throw new SkilletError('DIGEST_MISMATCH', `${dir} is not what was published as ${slug} ${version}.`, {
      remedy: `For what was published: skillet pack --bundle ${slug}@${version}. For the folder as it is: add --key FILE.`,
    })
}

async function packPublished(
  cli: Cli,
  which: { slug: string; version?: string },
  file: string,
): Promise<void> {
  const engine = await cli.engine()
  const { version } = await withProgress(cli, `Packing ${which.slug}`, () => engine.exportBundle(which, file))
  cli.output.document({ file, slug: which.slug, version })
  cli.output.line(file)
  cli.output.line(`  ${which.slug} ${version}, with the proof that its registry offers it today`)
}
