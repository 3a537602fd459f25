import { resolve } from 'node:path'
import type { Command } from 'commander'
import { exists, writeNewFile } from '../../engine/disk.ts'
import { toWriteError } from '../../engine/write-out.ts'
import { SkilletError } from '../../shared/errors.ts'
import { formatSigningKey, generateSigningKey } from '../../trust/sign.ts'
import { singleKeyRoots } from '../../trust/tuf-single-key.ts'
import type { Cli } from '../context.ts'
import { readSigningKey } from '../signing-key-file.ts'
import { fingerprint } from '../skill-lines.ts'

/** `skillet keygen`: a new signing key in a file of its own, and the trust root that pins it or an earlier one. */
export function addKeygen(program: Command, cli: Cli): void {
  program
    .command('keygen')
    .description('make a signing key')
    .option('-o, --output <file>', 'where the secret key goes (skillet-signing-key.json)')
    .option('--key <file>', 'make no key: with --trust-root-out, write the trust root of this one')
    .option('--trust-root-out <file>', 'also write a trust root that trusts this key alone')
    .action(async (options: { output?: string; key?: string; trustRootOut?: string }) => {
      if (options.key !== undefined && (options.trustRootOut === undefined || options.output !== undefined))
        throw new SkilletError('USAGE', '--key goes with --trust-root-out, and not with -o.')
      const trustRoot = options.trustRootOut === undefined ? null : resolve(options.trustRootOut)
      const file = resolve(options.key ?? options.output ?? 'skillet-signing-key.json')
      // Both first: a key without the root that was asked for with it is half of what one wanted.
      if (options.key === undefined) await assertNew(file, '-o')
      if (trustRoot !== null) await assertNew(trustRoot, '--trust-root-out')
      const key = options.key === undefined ? generateSigningKey() : await readSigningKey(file)
      if (options.key === undefined) await writeNew(file, formatSigningKey(key), 0o600, '-o')
      if (trustRoot !== null)
        await writeNew(trustRoot, singleKeyRoots(key, new Date()).at(-1)!, 0o644, '--trust-root-out')
      cli.output.document({ keyid: key.keyid, file, trustRoot })
      cli.output.line(fingerprint(key.keyid))
      cli.output.note(`The secret key is in ${file}. Keep it to yourself.`)
    })
}

async function assertNew(file: string, flag: string): Promise<void> {
  if (await exists(file)) throw existsAlready(file, flag)
}

function existsAlready(file: string, flag: string, cause?: unknown): SkilletError {
  return new SkilletError('USAGE', `${file} exists already.`, {
    remedy: `Name another file with ${flag}.`,
    cause,
  })
}

/** Never over an existing file: a key that is overwritten is lost. */
async function writeNew(
  file: string,
  content: string | Uint8Array,
  mode: number,
  flag: string,
): Promise<void> {
  try {
    await writeNewFile(file, content, { mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw existsAlready(file, flag, error)
    throw toWriteError(file, error)
  }
}
