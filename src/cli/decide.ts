import type { Capability } from '../shared/capability.ts'
import type { Decision } from '../shared/contract/install.ts'
import type { Ask } from '../shared/contract/skills.ts'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'
import { assertDeclaredScope, type GrantFlags } from './grant-flags.ts'
import { askYesNo } from './prompt.ts'

export type Decisions = Partial<Record<Capability, { decision: Decision; scope?: string[] }>>

type OpenAsk = Ask & { decided?: Decision | null }

/** What `--grant`, `--grant-declared` and earlier decisions settle, and what is left to ask. Throws USAGE. */
export function undecidedAsks(
  asks: readonly OpenAsk[],
  flags: { granted: GrantFlags; grantDeclared: boolean },
): { decisions: Decisions; open: OpenAsk[] } {
  const decisions: Decisions = {}
  const open: OpenAsk[] = []
  for (const ask of asks) {
    const scope = flags.granted[ask.capability]
    if (scope) {
      assertDeclaredScope(ask.capability, scope, ask.scope)
      decisions[ask.capability] = { decision: 'allow', scope }
    } else if (scope === null || flags.grantDeclared || ask.decided === 'allow')
      decisions[ask.capability] = { decision: 'allow' }
    else open.push(ask)
  }
  return { decisions, open }
}

/**
 * One decision for each thing a skill asks for: from `--grant`, from an earlier decision, or from the person at
 * the terminal. Where nobody can be asked, only what was granted counts: throws PERMISSION_DENIED and names the
 * missing `--grant`s. A refusal at the terminal is a value, so that it can be remembered.
 */
export async function decide(
  cli: Cli,
  title: string,
  asks: readonly OpenAsk[],
  flags: { granted: GrantFlags; grantDeclared: boolean },
): Promise<Decisions> {
  const { decisions, open } = undecidedAsks(asks, flags)
  for (const capability of Object.keys(flags.granted))
    if (!asks.some((ask) => ask.capability === capability))
      cli.output.note(`${title} does not ask for ${capability}; nothing was granted for it.`)

  if (open.length === 0) return decisions
  if (!cli.canAsk) throw unanswered(title, open)

  cli.output.note(`${title} asks for ${open.length === 1 ? 'one thing' : `${open.length} things`}.`)
  for (const ask of open) {
    cli.output.note('')
    cli.output.note(`  ${ask.title}`)
    cli.output.note(`  Why: ${ask.reason}`)
    cli.output.note(`  ${ask.limit}`)
    if (ask.decided === 'deny') cli.output.note('  You did not allow this before.')
    const allowed = await askYesNo(cli, '  Allow it?')
    decisions[ask.capability] = { decision: allowed ? 'allow' : 'deny' }
  }
  return decisions
}

function unanswered(title: string, open: readonly OpenAsk[]): SkilletError {
  const flags = open.map((ask) => `--grant ${ask.capability}`).join(' ')
  const asked = open.map((ask) => `${ask.capability} (${ask.title.toLowerCase()})`).join(', ')
  return new SkilletError('PERMISSION_DENIED', `${title} asks for ${asked}, and nobody has allowed it.`, {
    remedy: `Add ${flags} if you agree, or run the command at a terminal to be asked.`,
  })
}
