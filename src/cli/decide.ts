import type { Answers } from '../engine/api.ts'
import type { Decision, Life } from '../shared/contract/install.ts'
import type { Ask } from '../shared/contract/skills.ts'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'
import { assertDeclaredScope, type GrantFlags } from './grant-flags.ts'
import { askHowLong, askYesNo } from './prompt.ts'

/** `decided: null` with a life of `once`: it was allowed once, and that was used. */
type OpenAsk = Ask & { decided?: Decision | null; life?: Life | null }

/** What the command line itself allows. */
export interface Consent {
  readonly granted: GrantFlags
  readonly grantDeclared: boolean
  /** How long it counts; absent where there is only this one run. */
  readonly life?: 'once' | 'always'
}

/**
 * What `--grant` and `--grant-declared` settle, and what is left to ask. An earlier permission that stands needs no
 * answer: it goes on as it was given. Throws USAGE.
 */
export function undecidedAsks(
  asks: readonly OpenAsk[],
  { granted, grantDeclared, life }: Consent,
): { decisions: Answers; open: OpenAsk[] } {
  const decisions: Answers = {}
  const open: OpenAsk[] = []
  for (const ask of asks) {
    const scope = granted[ask.capability]
    if (scope) {
      assertDeclaredScope(ask.capability, scope, ask.scope)
      decisions[ask.capability] = { decision: 'allow', scope, life }
    } else if (scope === null || (grantDeclared && (ask.decided !== 'allow' || life !== 'once')))
      decisions[ask.capability] = { decision: 'allow', life }
    else if (ask.decided !== 'allow') open.push(ask)
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
  consent: Consent,
): Promise<Answers> {
  const { decisions, open } = undecidedAsks(asks, consent)
  for (const capability of Object.keys(consent.granted))
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
    else if (ask.life === 'once') cli.output.note('  You allowed this just once, and that was used.')
    decisions[ask.capability] = await askAbout(cli, consent.life)
  }
  return decisions
}

async function askAbout(
  cli: Cli,
  life: Consent['life'],
): Promise<{ decision: Decision; life?: Life | undefined }> {
  const question = life === 'once' ? '  Allow it, just once?' : '  Allow it?'
  if (life !== 'always') return { decision: (await askYesNo(cli, question)) ? 'allow' : 'deny', life }
  const answer = await askHowLong(cli, question)
  return answer === 'no' ? { decision: 'deny' } : { decision: 'allow', life: answer }
}

function unanswered(title: string, open: readonly OpenAsk[]): SkilletError {
  const flags = open.map((ask) => `--grant ${ask.capability}`).join(' ')
  const asked = open.map((ask) => `${ask.capability} (${ask.title.toLowerCase()})`).join(', ')
  return new SkilletError('PERMISSION_DENIED', `${title} asks for ${asked}, and nobody has allowed it.`, {
    remedy: `Add ${flags} if you agree, or run the command at a terminal to be asked.`,
  })
}
