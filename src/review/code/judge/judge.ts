import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { RuleFinding } from '../../rules/rule.ts'
import type { CallRule } from '../calls.ts'
import type { Flow } from '../flow.ts'
import { unknownText } from '../texts.ts'
import type { Expr, Unit } from '../program.ts'
import { judgeCommand } from './command.ts'
import { hostsOf, isNetworkModule, judgeHosts, judgeOnline } from './destination.ts'
import { judgeDelete, judgeRead, judgeWrite } from './files.ts'
import { createFindings } from './findings.ts'
import { judgeCode, judgeRun } from './running.ts'
import { judgeHandedOver, judgeSend, judgeSentBy } from './sending.ts'
import { createSite, type Site } from './site.ts'
import { judgeTangled } from './tangled.ts'
import { isUndeclaredKey } from './tokens.ts'

/** What nobody hides who has nothing to hide. */
const serious = new Set<CallRule['does']>(['run', 'evaluate', 'send', 'connect', 'load'])

/**
 * What the calls of a skill's program mean together: what it reads and where that goes, what it runs and where that
 * came from. One weak sign alone is never more than a warning; it is the combination that counts. `told` is what the
 * skill's documents say.
 */
export function judgeFlow(flow: Flow, manifest: SkillManifest | null, told: string): readonly RuleFinding[] {
  const findings = createFindings(told)
  flow.each((expr, unit) => {
    const say: Site['say'] = (rule, severity, message) =>
      findings.add(unit, expr.line, rule, severity, message)
    if (expr.kind === 'call')
      judgeCall(createSite({ flow, manifest, told, call: expr, unit, say }), flow.rulesOf(expr, unit))
    // A module that is imported.
    if (expr.kind === 'name' && unit.language !== 'shell' && isNetworkModule(expr.name))
      if (unit.does.includes(expr)) judgeOnline({ manifest, shown: unit.where === 'document', say })
    if (manifest !== null && unit.where !== 'document') {
      const key = keyRead(expr, unit, flow)
      if (key !== null && isUndeclaredKey(key, manifest.secrets))
        say(
          'undeclared-variable',
          'low',
          `This reads ${key}, which the skill does not declare under [secrets].`,
        )
    }
  })
  return findings.all
}

function keyRead(expr: Expr, unit: Unit, flow: Flow): string | null {
  const name = flow.environmentName(expr, unit)
  return expr.kind === 'name' && flow.textsOf(expr, unit)[0] !== unknownText ? null : name
}

function judgeCall(site: Site, rules: readonly CallRule[]): void {
  const { flow, call, unit, name, say } = site
  if (unit.language === 'shell') judgeCommand(site)
  else {
    const loaded = flow.nameOf(call, unit)
    if (!loaded.endsWith('()') && isNetworkModule(loaded)) judgeOnline(site)
    if (rules.every(({ does }) => does !== 'send')) judgeHandedOver(site)
  }
  for (const rule of rules) judgeRule(rule, site)
  if (rules.some(({ does }) => serious.has(does)) && flow.isDisguised(call.of))
    say(
      'disguised-call',
      'high',
      `This hides that it calls ${name}: the name is put together while the code runs.`,
    )
}

function judgeRule(rule: CallRule, site: Site): void {
  const { pick } = site
  switch (rule.does) {
    case 'evaluate':
    case 'load':
      return judgeCode(rule, site)
    case 'run':
    case 'interpret':
      return judgeRun(rule, site)
    case 'feed':
      return judgeSentBy(pick(['origin']), pick(rule.data), site)
    case 'send':
    case 'resolve':
      judgeOnline(site)
      judgeTangled(pick(rule.to), 'medium', site)
      return judgeSend(rule, site)
    case 'connect':
      judgeOnline(site)
      return judgeHosts(hostsOf(rule, site), site)
    case 'read':
      return judgeRead(pick(rule.path), site)
    case 'copy':
      judgeRead(pick(rule.path), site)
      return judgeWrite(pick(rule.to), [], site)
    case 'write':
      judgeTangled(pick(rule.path), 'medium', site)
      return judgeWrite(pick(rule.path), pick(rule.data), site)
    case 'delete':
      judgeTangled(pick(rule.path), 'medium', site)
      return judgeDelete(pick(rule.path), site)
    default:
  }
}
