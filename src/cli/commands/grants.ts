import type { Command } from 'commander'
import type { Answers } from '../../engine/api.ts'
import { capabilities, isCapability, type Capability } from '../../shared/capability.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { decide } from '../decide.ts'
import { lifeOf, lifeOption, onceOption, parseGrantFlags, type LifeFlags } from '../grant-flags.ts'
import { grantSentence } from '../grant-lines.ts'
import { table } from '../output.ts'

const lives = { once: 'once', session: 'until closed', always: 'always' } as const

/** `skillet grants list [SLUG]`, `allow SLUG [CAPABILITY…]`, `deny SLUG CAPABILITY…`, `revoke SLUG [CAPABILITY]`. */
export function addGrants(program: Command, cli: Cli): void {
  const grants = program.command('grants').description('see, change and take back what you have allowed')

  grants
    .command('list')
    .description('list your decisions, each with what it means')
    .argument('[slug]')
    .action(async (slug: string | undefined) => {
      const all = await (await cli.engine()).grants(slug)
      cli.output.document({ grants: all })
      const rows = all.map((grant) => [
        grant.slug,
        grant.capability,
        grant.decision === 'allow' ? 'allowed' : 'not allowed',
        grant.decision === 'allow' ? lives[grant.life] : '',
        grant.scope.join(', '),
      ])
      table(rows).forEach((line, index) => {
        cli.output.line(line)
        cli.output.line(`  ${grantSentence(all[index]!)}`)
      })
      if (all.length === 0) cli.output.line('You have not decided anything yet.')
    })

  grants
    .command('allow')
    .description('allow an installed skill something, or be asked about all that nobody has allowed yet')
    .argument('<slug>')
    .argument('[capability[=scope]...]', `of ${capabilities.join(', ')}`)
    .addOption(onceOption())
    .addOption(lifeOption())
    .action(async (slug: string, named: string[], flags: LifeFlags) => {
      const granted = parseGrantFlags(named)
      const engine = await cli.engine()
      const asks = await engine.asks(slug)
      for (const capability of Object.keys(granted)) assertAsked(slug, capability, asks)
      if (named.length === 0 && !cli.canAsk)
        throw new SkilletError('USAGE', 'Nobody can be asked here: name what you allow.', {
          remedy: `For example: skillet grants allow ${slug} ${asks[0]?.capability ?? 'fs:read'}`,
        })
      const meant = asks.filter(({ capability }) => named.length === 0 || granted[capability] !== undefined)
      const consent = { granted, grantDeclared: false, life: lifeOf(flags) }
      await answer(slug, await decide(cli, slug, meant, consent))
    })

  grants
    .command('deny')
    .description('do not allow an installed skill something: it no longer runs until you decide otherwise')
    .argument('<slug>')
    .argument('<capability...>', `of ${capabilities.join(', ')}`)
    .action(async (slug: string, named: string[]) => {
      const asks = await (await cli.engine()).asks(slug)
      const answers: Answers = {}
      for (const capability of named) {
        const known = toCapability(capability)
        assertAsked(slug, known, asks)
        answers[known] = { decision: 'deny' }
      }
      await answer(slug, answers)
    })

  async function answer(slug: string, answers: Answers): Promise<void> {
    const engine = await cli.engine()
    await engine.decide(slug, answers, 'cli')
    const decided = (await engine.grants(slug)).filter(({ capability }) => answers[capability] !== undefined)
    cli.output.document({ slug, grants: decided })
    for (const grant of decided) cli.output.line(grantSentence(grant))
    if (decided.length === 0) cli.output.line(`You have allowed ${slug} all that it asks for.`)
  }

  grants
    .command('revoke')
    .description('take back one permission, or all of a skill')
    .argument('<slug>')
    .argument('[capability]', `one of ${capabilities.join(', ')}; all of them when left out`)
    .action(async (slug: string, named: string | undefined) => {
      const capability = named === undefined ? undefined : toCapability(named)
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
      const revoked = [...new Set(held.map((grant) => grant.capability))]
      for (const one of revoked) await engine.revokeGrant(slug, one)
      cli.output.document({ slug, revoked })
      const [allowed, denied] = (['allow', 'deny'] as const).map((decision) =>
        revoked.filter((one) =>
          held.some((grant) => grant.capability === one && grant.decision === decision),
        ),
      )
      if (allowed?.length) cli.output.line(`${slug} may no longer use ${allowed.join(', ')}.`)
      if (denied?.length)
        cli.output.line(`Skillet forgot the answer about ${denied.join(', ')}: ${slug} may ask again.`)
    })
}

function toCapability(name: string): Capability {
  if (isCapability(name)) return name
  throw new SkilletError('USAGE', `There is no capability named ${name}.`, {
    remedy: `Use one of ${capabilities.join(', ')}.`,
  })
}

function assertAsked(slug: string, capability: string, asks: readonly { capability: Capability }[]): void {
  if (asks.some((ask) => ask.capability === capability)) return
  const asked = asks.map((ask) => ask.capability).join(', ')
  throw new SkilletError('USAGE', `${slug} does not ask for ${capability}.`, {
    remedy: asked === '' ? 'It asks for nothing.' : `It asks for ${asked}.`,
  })
}
