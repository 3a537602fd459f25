import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { SkilletError, exitStatusOf } from '../../shared/errors.ts'
import { policySchema, type Policy } from '../../shared/policy.ts'
import type { Cli } from '../context.ts'

/** `skillet check-permissions [--policy FILE]`: every installed skill's needs against what was allowed. */
export function addCheckPermissions(program: Command, cli: Cli): void {
  program
    .command('check-permissions')
    .description('check what every installed skill declares against what is allowed')
    .option('--policy <file>', 'check against this policy instead')
    .action(async (options: { policy?: string }) => {
      const policy = options.policy === undefined ? undefined : await readPolicy(options.policy)
      const audit = await (await cli.engine()).checkPermissions(policy)
      cli.output.document(audit)
      for (const skill of audit.skills) {
        cli.output.line(skill.line)
        for (const violation of skill.violations) cli.output.line(`  not allowed: ${violation}`)
      }
      const bad = audit.skills.filter((skill) => !skill.ok).length
      cli.output.line(
        audit.ok
          ? `OK: ${counted(audit.skills.length)} checked, nothing beyond what is allowed.`
          : `NOT OK: ${bad} of ${counted(audit.skills.length)} would do more than is allowed.`,
      )
      if (!audit.ok) cli.exit(exitStatusOf('PERMISSION_DENIED'))
    })
}

const counted = (count: number) => (count === 1 ? '1 skill' : `${count} skills`)

async function readPolicy(file: string): Promise<Policy> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `The policy file ${file} can't be read.`, {
      remedy: 'Check the path.',
      cause: error,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SkilletError('POLICY_INVALID', `${file} is not valid JSON.`, { cause: error })
  }
  const parsed = policySchema.safeParse(json)
  if (!parsed.success)
    throw new SkilletError('POLICY_INVALID', `${file}: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    })
  return parsed.data
}
