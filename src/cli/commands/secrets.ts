import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { KeyPlace, SecretInfo, SecretRef } from '../../shared/contract/keys.ts'
import { secretNameSchema } from '../../shared/identifiers.ts'
import { SkilletError } from '../../shared/errors.ts'
import { endWith, parseSkillRef, type Cli } from '../context.ts'
import { table } from '../output.ts'
import { askYesNo, readHidden } from '../prompt.ts'
import { addVaultCommands, rotateVaultKey } from './secrets-vault.ts'

interface OfSkill {
  skill?: string
}

/** `skillet secrets …`: a value is read from stdin, never from the line, and no command shows one. */
export function addSecrets(program: Command, cli: Cli): void {
  const secrets = program.command('secrets').description("keep skills' keys, in this computer's keychain")

  secrets
    .command('set')
    .description('store a key; its value comes on standard input')
    .argument('<name>')
    .option('--skill <slug>', 'for this skill alone; otherwise for all that ask for a key of this name')
    .action(async (name: string, { skill }: OfSkill) => {
      const given = refOf(name, skill)
      const engine = await cli.engine()
      const ref = skill === undefined ? await forWhom(cli, engine, name) : given
      await engine.setSecret(ref, await readValue(cli, 'set', name))
      cli.output.document(ref)
      cli.output.line(`Stored ${wordsOf(ref)}.`)
    })

  secrets
    .command('list')
    .description('list the stored keys, never their values')
    .action(async () => {
      const engine = await cli.engine()
      let keys = await engine.keys()
      const passphrase = keys.place.locked ? await cli.passphrases.ask('Passphrase of your keys') : null
      if (passphrase !== null) {
        await engine.unlockKeys(passphrase)
        keys = await engine.keys()
      }
      const { place, secrets: stored, wanted } = keys
      cli.output.document({ place, secrets: stored, wanted })
      for (const line of table(stored.map(rowOf))) cli.output.line(line)
      for (const one of wanted) cli.output.line(`${one.name}  missing, wanted by ${one.slug}`)
      for (const { damage, ...ref } of place.damaged)
        cli.output.line(`${wordsOf(ref)}  damaged in the file (${damage}): store it again, or remove it`)
      if (place.damaged.length > 0) cli.exit(4)
      if (!place.usable) return endWith(cli, unusable(place))
      if (stored.length + wanted.length + place.damaged.length === 0) cli.output.line('No key is stored.')
    })

  secrets
    .command('test')
    .description('see whether a key can be read back from where it is kept; it is sent nowhere')
    .argument('<name>')
    .option('--skill <slug>', 'the one that is for this skill alone')
    .action(async (name: string, { skill }: OfSkill) => {
      const ref = refOf(name, skill)
      await (await cli.engine()).testSecret(ref)
      cli.output.document({ ...ref, readable: true })
      cli.output.line(`${wordsOf(ref)} can be read back.`)
      cli.output.note('It was sent nowhere: whether its service accepts it shows when a skill uses it.')
    })

  secrets
    .command('remove')
    .description('remove a key; this can’t be undone')
    .argument('<name>')
    .option('--skill <slug>', 'the one that is for this skill alone')
    .action(async (name: string, { skill }: OfSkill) => {
      const ref = refOf(name, skill)
      await (await cli.engine()).removeSecret(ref)
      cli.output.document(ref)
      cli.output.line(`Removed ${wordsOf(ref)}.`)
    })

  secrets
    .command('rotate')
    .description(
      'replace the value of a stored key, which comes on standard input; without a name, the key of the encrypted file',
    )
    .argument('[name]')
    .option('--skill <slug>', 'the one that is for this skill alone')
    .action(async (name: string | undefined, { skill }: OfSkill) => {
      if (name === undefined) return rotateVaultKey(cli)
      const ref = refOf(name, skill)
      const engine = await cli.engine()
      // Unlocks what can be unlocked, and says why where nothing can be read.
      await engine.testSecret(ref).catch((error: unknown) => {
        if (error instanceof SkilletError && error.code === 'NOT_FOUND')
          throw new SkilletError('NOT_FOUND', error.message, {
            remedy: `Store it: skillet secrets set ${name}`,
          })
        // A damaged one is what this is for.
        if (!(error instanceof SkilletError && error.code === 'VAULT_DAMAGED')) throw error
      })
      await engine.setSecret(ref, await readValue(cli, 'rotate', name))
      cli.output.document(ref)
      cli.output.line(`Replaced ${wordsOf(ref)}.`)
    })

  secrets
    .command('unseen')
    .description('let a skill use a key without holding it: Skillet adds it on the way')
    .argument('<name>')
    .requiredOption('--skill <slug>', 'the skill')
    .option('--off', 'give the skill the key itself again')
    .action(async (name: string, { skill: of, off }: { skill: string; off?: true }) => {
      const { skill } = refOf(name, of)
      const unseen = off !== true
      await (await cli.engine()).setKeyUnseen(skill ?? of, name, unseen)
      cli.output.document({ name, skill, unseen })
      cli.output.line(
        unseen
          ? `${skill} uses ${name} without seeing it from now on.`
          : `${skill} gets ${name} itself from now on.`,
      )
    })

  addVaultCommands(secrets, cli)
}

/** Asks only where two installed skills want a key of that name; where nobody can be asked it is for all of them. */
async function forWhom(cli: Cli, engine: Engine, name: string): Promise<SecretRef> {
  const shared = { name, skill: null }
  if (!cli.canAsk) return shared
  const { secrets, wanted } = await engine.keys()
  const slugs = new Set([
    ...wanted.flatMap((one) => (one.name === name ? [one.slug] : [])),
    ...secrets.flatMap((one) => (one.name === name ? one.usedBy.map(({ slug }) => slug) : [])),
  ])
  if (slugs.size < 2) return shared
  if (await askYesNo(cli, `${[...slugs].join(', ')} all ask for ${name}. Is this one for all of them?`))
    return shared
  for (const slug of slugs) if (await askYesNo(cli, `Only for ${slug}?`)) return { name, skill: slug }
  throw new SkilletError('CANCELLED', 'Nothing was stored.')
}

const wordsOf = ({ name, skill }: SecretRef) => (skill === null ? name : `${name} of ${skill}`)

function rowOf(secret: SecretInfo): string[] {
  return [
    wordsOf(secret),
    secret.lastFour === '' ? '' : `…${secret.lastFour}`,
    secret.usedBy.map((user) => `${user.slug} (${user.hosts.join(', ')})`).join(', ') ||
      'no installed skill uses it',
    secret.lastUsedAt === null ? 'not used yet' : `last used ${secret.lastUsedAt.slice(0, 10)}`,
  ]
}

async function readValue(cli: Cli, command: string, name: string): Promise<string> {
  const value = await readHidden(cli, `Value of ${name} (not shown): `)
  if (value === '')
    throw new SkilletError('INPUT_INVALID', 'The value is empty.', {
      remedy: `Give it on standard input: printf %s "$VALUE" | skillet secrets ${command} ${name}`,
    })
  return value
}

function unusable({ locked, problem, fix, choices }: KeyPlace): SkilletError {
  const instead = choices.includes('vault')
    ? 'Or keep keys in a file that a passphrase protects: skillet secrets protect'
    : null
  const remedy = [fix, instead].filter((line) => line !== null).join('\n')
  return new SkilletError(
    locked ? 'VAULT_LOCKED' : 'KEYCHAIN_UNAVAILABLE',
    problem ?? 'Keys can’t be read.',
    remedy === '' ? {} : { remedy },
  )
}

/** @throws SkilletError USAGE */
function refOf(name: string, skill: string | undefined): SecretRef {
  if (!secretNameSchema.safeParse(name).success)
    throw new SkilletError('USAGE', `${name} is not the name of a key.`, {
      remedy: 'Names are upper case, such as EXAMPLE_API_KEY.',
    })
  return { name, skill: skill === undefined ? null : parseSkillRef(skill).slug }
}
