import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeBundle } from '../../engine/package/bundle.ts'
import { packFolder } from '../../engine/package/pack.ts'
import { revocationsPayloadType, type Revocations } from '../../shared/catalog.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import { releasePayloadType, type Release, type ReleaseFile } from '../../shared/release.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/envelope.ts'
import { parseSigningKey } from '../../trust/sign.ts'
import { parseRelease } from '../../trust/verify-release.ts'
import type { Cli } from '../context.ts'
import { readSkillToml } from '../skill-folder.ts'
import { lintLines, lintPath } from './lint.ts'

/** `skillet pack DIR -o FILE.tgz|FILE.skillet`: an archive, or a bundle signed with a key of one's own. */
export function addPack(program: Command, cli: Cli): void {
  program
    .command('pack')
    .description('pack a skill: FILE.tgz for publishing, FILE.skillet for installing without a registry')
    .argument('<dir>')
    .requiredOption('-o, --output <file>', 'where it goes; its ending says what it becomes')
    .option('--key <file>', 'sign a .skillet with this key, made by skillet keygen')
    .action(async (dir: string, flags: { output: string; key?: string }) => {
      const file = resolve(flags.output)
      const bundled = file.endsWith('.skillet')
      if (!bundled && !/\.(tgz|tar\.gz)$/.test(file))
        throw new SkilletError('USAGE', 'The file must end in .tgz or .skillet.')
      if (bundled !== (flags.key !== undefined))
        throw new SkilletError(
          'USAGE',
          bundled ? 'A .skillet is signed, and no key is named.' : 'A .tgz is not signed: leave --key out.',
          bundled ? { remedy: 'Add --key FILE; skillet keygen makes one.' } : {},
        )
      const report = await lintPath(dir)
      if (report.verdict !== 'pass') for (const line of lintLines(report)) cli.output.note(line)
      if (report.verdict === 'fail')
        throw new SkilletError('PUBLISH_REJECTED', `${dir} did not pass the check.`, {
          remedy: `See what to correct: skillet lint ${dir}`,
        })
      const packed = await packFolder(resolve(dir))
      const bytes =
        flags.key === undefined
          ? packed.tarball
          : signedBundle(
              await releaseOf(resolve(dir), packed, report),
              packed.tarball,
              await readKey(flags.key),
            )
      await writeOut(file, bytes)
      const tarball = { sha256: sha256Hex(packed.tarball), size: packed.tarball.length }
      cli.output.document({ file, tarball, files: packed.files })
      cli.output.line(`${file}`)
      cli.output.line(`  ${packed.files.length} files, archive SHA-256 ${tarball.sha256}`)
    })
}

/** The release that the packer signs. Its reviewer is whoever holds the key: nobody else has looked at it. */
async function releaseOf(
  folder: string,
  packed: { tarball: Uint8Array; files: ReleaseFile[] },
  report: LintReport,
): Promise<Release> {
  const skill = await readSkillToml(folder)
  const now = new Date().toISOString()
  return {
    schema: 1,
    slug: skill.slug,
    version: skill.version,
    publisher: skill.publisher,
    publishedAt: now,
    skill,
    files: packed.files,
    tarball: { sha256: sha256Hex(packed.tarball), size: packed.tarball.length },
    review: {
      reviewedAt: now,
      reviewer: `${skill.publisher} (the publisher)`,
      verdict: report.verdict === 'warn' ? 'warn' : 'pass',
      comment: 'Packed and signed by its publisher; no registry has reviewed it.',
    },
  }
}

function signedBundle(release: Release, tarball: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(release))
  // What we sign is held to what we accept.
  parseRelease(payload)
  const seal = (type: string, content: Uint8Array) => formatEnvelope(sealEnvelope(type, content, secretKey))
  // Without a list of withdrawn skills nobody could tell whether this one is: its signer says that none is yet.
  const none: Revocations = { schema: 1, serial: 0, revocations: [] }
  const revocations = new TextEncoder().encode(JSON.stringify(none))
  return writeBundle({
    release: seal(releasePayloadType, payload),
    payload: tarball,
    revocations: seal(revocationsPayloadType, revocations),
  })
}

async function readKey(file: string): Promise<Uint8Array> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SkilletError('NOT_FOUND', `The key file ${file} can't be read.`, {
      remedy: 'Check the path, or make a key with skillet keygen.',
      cause,
    })
  })
  return parseSigningKey(text).secretKey
}

async function writeOut(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes).catch((cause: unknown) => {
    throw new SkilletError('NOT_WRITABLE', `${file} can't be written.`, {
      remedy: 'Choose a folder that you may write to.',
      cause,
    })
  })
}
