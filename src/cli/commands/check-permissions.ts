import type { Command } from 'commander'
import { exitStatusOf } from '../../shared/errors.ts'
import { policySchema } from '../../shared/policy.ts'
import type { Cli } from '../context.ts'
import { readPolicy } from '../read-policy.ts'

/** `skillet check-permissions [--policy FILE]`: every installed skill's needs against what was allowed. */
export function addCheckPermissions(program: Command, cli: Cli): void {
  program
    .command('check-permissions')
    .description('check what every installed skill declares against what is allowed')
    .option('--policy <file>', 'check against this policy instead')
    .action(async (options: { policy?: string }) => {
      const policy = options.policy === undefined ? undefined : await readPolicy(options.policy, policySchema)
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
