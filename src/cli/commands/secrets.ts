import type { Command } from 'commander'
import type { KeychainState, SecretRef } from '../../shared/contract/keys.ts'
import { secretNameSchema } from '../../shared/identifiers.ts'
import { SkilletError } from '../../shared/errors.ts'
import { endWith, parseSkillRef, type Cli } from '../context.ts'
import { table } from '../output.ts'
import { readHidden } from '../prompt.ts'

/** `skillet secrets set|list|remove|rotate`: keys live in the keychain; a value is read from stdin, never from the line. */
export function addSecrets(program: Command, cli: Cli): void {
  const secrets = program.command('secrets').description("keep skills' keys in this computer's keychain")

  secrets
    .command('set')
    .description('store a key; its value comes on standard input')
    .argument('<name>')
    .option('--skill <slug>', 'for this skill alone; otherwise for all that ask for a key of this name')
    .action(async (name: string, { skill }: OfSkill) => {
      const ref = refOf(name, skill)
      const engine = await cli.engine()
      await engine.setSecret(ref, await readValue(cli, 'set', name))
      cli.output.document(ref)
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
        secret.skill === null ? secret.name : `${secret.name} (only ${secret.skill})`,
        `…${secret.lastFour}`,
        secret.usedBy.map((user) => `${user.slug} (${user.hosts.join(', ')})`).join(', '),
      ])
      for (const line of table(rows)) cli.output.line(line)
      for (const one of wanted) cli.output.line(`${one.name}  missing, wanted by ${one.slug}`)
      if (!keychain.available) return endWith(cli, noKeychain(keychain))
      if (stored.length + wanted.length === 0) cli.output.line('No key is stored.')
    })

  secrets
    .command('remove')
    .description('remove a key from the keychain')
    .argument('<name>')
    .option('--skill <slug>', 'the one that is for this skill alone')
    .action(async (name: string, { skill }: OfSkill) => {
      const ref = refOf(name, skill)
      await (await cli.engine()).removeSecret(ref)
      cli.output.document(ref)
      cli.output.line(`Removed ${name}.`)
    })

  secrets
    .command('rotate')
    .description('replace the value of a stored key; the new one comes on standard input')
    .argument('<name>')
    .option('--skill <slug>', 'the one that is for this skill alone')
    .action(async (name: string, { skill }: OfSkill) => {
      const ref = refOf(name, skill)
      const engine = await cli.engine()
      const keychain = await engine.keychain()
      if (!keychain.available) throw noKeychain(keychain)
      if (!(await engine.secrets()).some((secret) => secret.name === name && secret.skill === ref.skill))
        throw new SkilletError('NOT_FOUND', `No key named ${name} is stored.`, {
          remedy: `Store it: skillet secrets set ${name}`,
        })
      await engine.setSecret(ref, await readValue(cli, 'rotate', name))
      cli.output.document(ref)
      cli.output.line(`Replaced ${name} in the keychain.`)
    })
}

async function readValue(cli: Cli, command: string, name: string): Promise<string> {
  const value = await readHidden(cli, `Value of ${name} (not shown): `)
  if (value === '')
    throw new SkilletError('INPUT_INVALID', 'The value is empty.', {
      remedy: `Give it on standard input: printf %s "$VALUE" | skillet secrets ${command} ${name}`,
    })
  return value
}

function noKeychain({ problem, fix }: KeychainState): SkilletError {
  return new SkilletError(
    'KEYCHAIN_UNAVAILABLE',
    problem ?? 'The keychain does not answer.',
    fix === null ? {} : { remedy: fix },
  )
}

interface OfSkill {
  skill?: string
}

/** @throws SkilletError USAGE */
function refOf(name: string, skill: string | undefined): SecretRef {
  if (!secretNameSchema.safeParse(name).success)
    throw new SkilletError('USAGE', `${name} is not the name of a key.`, {
      remedy: 'Names are upper case, such as EXAMPLE_API_KEY.',
    })
  return { name, skill: skill === undefined ? null : parseSkillRef(skill).slug }
}
