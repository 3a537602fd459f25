import type { Command } from 'commander'
import { capabilities, isCapability } from '../../shared/capability.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'

/** `skillet grants list [SLUG]` and `grants revoke SLUG [CAPABILITY]`. */
export function addGrants(program: Command, cli: Cli): void {
  const grants = program.command('grants').description('see and take back what you have allowed')

  grants
    .command('list')
    .description('list your decisions')
    .argument('[slug]')
    .action(async (slug: string | undefined) => {
      const all = await (await cli.engine()).grants(slug)
      cli.output.document({ grants: all })
      const rows = all.map((grant) => [
        grant.slug,
        grant.capability,
        grant.decision === 'allow' ? 'allowed' : 'not allowed',
        grant.scope.join(', '),
      ])
      for (const line of table(rows)) cli.output.line(line)
      if (all.length === 0) cli.output.line('You have not decided anything yet.')
    })

  grants
    .command('revoke')
    .description('take back one permission, or all of a skill')
    .argument('<slug>')
    .argument('[capability]', `one of ${capabilities.join(', ')}; all of them when left out`)
    .action(async (slug: string, capability: string | undefined) => {
      if (capability !== undefined && !isCapability(capability))
        throw new SkilletError('USAGE', `There is no capability named ${capability}.`, {
          remedy: `Use one of ${capabilities.join(', ')}.`,
        })
      const engine = await cli.engine()
      const held = (await engine.grants(slug)).filter(
        (grant) => capability === undefined || grant.capability === capability,
      )
      if (held.length === 0)
        throw new SkilletError(
          'NOT_FOUND',
          `Nothing of ${slug} is decided${capability ? ` for ${capability}` : ''}.`,
          {
            remedy: 'See what is: skillet grants list',
          },
        )
      const revoked = held.map((grant) => grant.capability)
      for (const one of revoked) await engine.revokeGrant(slug, one)
      cli.output.document({ slug, revoked })
      const [allowed, denied] = (['allow', 'deny'] as const).map((decision) =>
        held.filter((grant) => grant.decision === decision).map((grant) => grant.capability),
      )
      if (allowed?.length) cli.output.line(`${slug} may no longer use ${allowed.join(', ')}.`)
      if (denied?.length)
        cli.output.line(`Skillet forgot the answer about ${denied.join(', ')}: ${slug} may ask again.`)
    })
}
