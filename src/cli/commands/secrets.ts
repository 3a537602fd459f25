import type { Command } from 'commander'
import { secretNameSchema } from '../../shared/identifiers.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'
import { readHidden } from '../prompt.ts'

/** `skillet secrets set|list|remove`: keys live in the keychain; a value is read from stdin, never from the line. */
export function addSecrets(program: Command, cli: Cli): void {
  const secrets = program.command('secrets').description("keep skills' keys in this computer's keychain")

  secrets
    .command('set')
    .description('store a key; its value comes on standard input')
    .argument('<name>')
    .action(async (name: string) => {
      assertSecretName(name)
      const engine = await cli.engine()
      const value = await readHidden(cli, `Value of ${name} (not shown): `)
      if (value === '')
        throw new SkilletError('INPUT_INVALID', 'The value is empty.', {
          remedy: `Give it on standard input: printf %s "$VALUE" | skillet secrets set ${name}`,
        })
      await engine.setSecret(name, value)
      cli.output.document({ name })
      cli.output.line(`Stored ${name} in the keychain.`)
    })

  secrets
    .command('list')
    .description('list the stored keys, never their values')
    .action(async () => {
      const engine = await cli.engine()
      const keychain = await engine.keychain()
      const stored = keychain.available ? await engine.secrets() : []
      const wanted = await engine.wantedSecrets()
      cli.output.document({ keychain, secrets: stored, wanted })
      const rows = stored.map((secret) => [
        secret.name,
        `…${secret.lastFour}`,
        secret.usedBy.map((user) => `${user.slug} (${user.hosts.join(', ')})`).join(', '),
      ])
      for (const line of table(rows)) cli.output.line(line)
      for (const one of wanted) cli.output.line(`${one.name}  missing, wanted by ${one.slug}`)
      if (!keychain.available)
        throw new SkilletError(
          'KEYCHAIN_UNAVAILABLE',
          keychain.problem ?? 'The keychain does not answer.',
          keychain.fix === null ? {} : { remedy: keychain.fix },
        )
      if (stored.length + wanted.length === 0) cli.output.line('No key is stored.')
    })

  secrets
    .command('remove')
    .description('remove a key from the keychain')
    .argument('<name>')
    .action(async (name: string) => {
      assertSecretName(name)
      await (await cli.engine()).removeSecret(name)
      cli.output.document({ name })
      cli.output.line(`Removed ${name}.`)
    })
}

function assertSecretName(name: string): void {
  if (!secretNameSchema.safeParse(name).success)
    throw new SkilletError('USAGE', `${name} is not the name of a key.`, {
      remedy: 'Names are upper case, such as EXAMPLE_API_KEY.',
    })
}
