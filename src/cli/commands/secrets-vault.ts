import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { askYesNo } from '../prompt.ts'

/** For where there is no keychain: keys in a file that a passphrase protects. */
export function addVaultCommands(secrets: Command, cli: Cli): void {
  secrets
    .command('protect')
    .description('where there is no keychain: keep keys in a file that a passphrase protects')
    .action(async () => {
      const engine = await cli.engine()
      await engine.protectKeys(await cli.passphrases.askNew('A passphrase for your keys'))
      cli.output.document({ kind: 'vault' })
      cli.output.line('Your keys are kept in a file that this passphrase protects.')
      cli.output.note('Nobody can look it up for you: without it the keys are lost.')
    })

  secrets
    .command('passphrase')
    .description(
      'change the passphrase of the keys; the old one, and copies of the old file, then open nothing new',
    )
    .action(async () => {
      const engine = await cli.engine()
      const passphrase = await theirs(cli)
      await engine.rekeyVault(passphrase, await cli.passphrases.askNew('The new passphrase'))
      cli.output.document({ changed: true })
      cli.output.line('The passphrase was changed.')
    })

  secrets
    .command('use-keychain')
    .description("move all keys into this computer's keychain, once there is one")
    .action(async () => {
      await (await cli.engine()).moveKeysToKeychain()
      cli.output.document({ kind: 'keychain' })
      cli.output.line("Your keys are kept in this computer's keychain.")
    })

  secrets
    .command('discard-vault')
    .description('delete the file with all keys, such as when its passphrase is forgotten')
    .option('--yes', 'without being asked')
    .action(async ({ yes }: { yes?: boolean }) => {
      if (yes !== true) {
        if (!cli.canAsk)
          throw new SkilletError('USAGE', 'Nobody can be asked here whether to delete all keys.', {
            remedy: 'Say so with --yes.',
          })
        if (!(await askYesNo(cli, 'Delete all keys in the file? This can’t be undone.')))
          throw new SkilletError('CANCELLED', 'Nothing was deleted.')
      }
      await (await cli.engine()).discardVault()
      cli.output.document({ discarded: true })
      cli.output.line('The file with your keys was deleted.')
    })
}

/** A new key for the file, under the same passphrase. */
export async function rotateVaultKey(cli: Cli): Promise<void> {
  const engine = await cli.engine()
  const passphrase = await theirs(cli)
  await engine.rekeyVault(passphrase, passphrase)
  cli.output.document({ rotated: true })
  cli.output.line('All keys were encrypted anew with a new key.')
}

/** @throws SkilletError VAULT_LOCKED */
async function theirs(cli: Cli): Promise<string> {
  const passphrase = await cli.passphrases.ask('Passphrase of your keys')
  if (passphrase === null)
    throw new SkilletError('VAULT_LOCKED', 'Your keys are locked.', {
      remedy: 'Run this at a terminal, or give the passphrase on a descriptor: --passphrase-fd 3 3<FILE',
    })
  return passphrase
}
