import { parse } from 'yaml'
import { z } from 'zod'
import { severities } from '../../shared/finding.ts'
import text from '../rules/commands.yml?raw'

const commandRuleSchema = z
  .strictObject({
    rule: z.string(),
    severity: z.enum(severities),
    calls: z.array(z.string()),
    when: z.string().default(''),
    ignoreCase: z.boolean().default(false),
    /** Only where it is given something to read. */
    fed: z.boolean().default(false),
    message: z.string(),
  })
  .transform((rule) => ({ ...rule, when: new RegExp(rule.when, rule.ignoreCase ? 'i' : '') }))
export type CommandRule = z.infer<typeof commandRuleSchema>

const byName = new Map<string, CommandRule[]>()
for (const rule of z.array(commandRuleSchema).parse(parse(text)))
  for (const name of rule.calls) byName.set(name, [...(byName.get(name) ?? []), rule])

/** What a single command means by itself. */
export function commandRulesOf(name: string, args: string, fed: boolean): readonly CommandRule[] {
  return (byName.get(name) ?? []).filter((rule) => (fed || !rule.fed) && rule.when.test(args))
}
