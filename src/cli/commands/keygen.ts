import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { formatSigningKey, generateSigningKey } from '../../trust/sign.ts'
import { singleKeyRoots } from '../../trust/tuf-single-key.ts'
import type { Cli } from '../context.ts'
import { fingerprint } from '../skill-lines.ts'

/** `skillet keygen`: a new signing key in a file of its own, and the trust root that pins it. */
export function addKeygen(program: Command, cli: Cli): void {
  program
    .command('keygen')
    .description('make a signing key')
    .option('-o, --output <file>', 'where the secret key goes', 'skillet-signing-key.json')
    .option('--trust-root-out <file>', 'also write a trust root that trusts this key alone')
    .action(async (options: { output: string; trustRootOut?: string }) => {
      const key = generateSigningKey()
      const file = resolve(options.output)
      await writeNew(file, formatSigningKey(key), 0o600)
      const trustRoot = options.trustRootOut === undefined ? null : resolve(options.trustRootOut)
      if (trustRoot !== null) await writeNew(trustRoot, singleKeyRoots(key, new Date()).at(-1)!, 0o644)
      cli.output.document({ keyid: key.keyid, file, trustRoot })
      cli.output.line(fingerprint(key.keyid))
      cli.output.note(`The secret key is in ${file}. Keep it to yourself.`)
    })
}

/** Never over an existing file: a key that is overwritten is lost. */
async function writeNew(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  try {
    const handle = await open(file, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new SkilletError('USAGE', `${file} exists already.`, {
        remedy: 'Name another file with -o.',
        cause: error,
      })
    throw new SkilletError('NOT_WRITABLE', `${file} can't be written.`, {
      remedy: 'Choose a folder that you may write to.',
      cause: error,
    })
  }
}
