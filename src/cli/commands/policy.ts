import type { Command } from 'commander'
import { userPolicySchema } from '../../shared/policy.ts'
import type { Cli } from '../context.ts'
import { managedLines } from '../managed-lines.ts'
import { policyLines } from '../policy-lines.ts'
import { readPolicy } from '../read-policy.ts'
import { addPolicyApply } from './policy-apply.ts'
import { addPolicyCheck } from './policy-check.ts'

/** `skillet policy show` and `policy set FILE`: what all skills together may do at most. */
export function addPolicy(program: Command, cli: Cli): void {
  const policy = program.command('policy').description('see and set what any skill may do at most')

  policy
    .command('show')
    .description('show your own limits and all that your administrator has decided')
    .action(async () => {
      const engine = await cli.engine()
      const [{ user, managed }, decided] = await Promise.all([engine.policy(), engine.managedPolicy()])
      cli.output.document({ user, managed, decided })
      if (decided !== null) {
        cli.output.line('Your administrator has decided:')
        for (const line of managedLines(decided)) cli.output.line(`  ${line}`)
      }
      const own = policyLines(user)
      cli.output.line(own.length === 0 ? 'You have set no limits of your own.' : 'You allow skills at most:')
      for (const line of own) cli.output.line(`  ${line}`)
    })

  policy
    .command('set')
    .description('set your own limits from a JSON file; what it leaves out is not limited, {} lifts all')
    .argument('<file>')
    .action(async (file: string) => {
      const user = await readPolicy(file, userPolicySchema)
      await (await cli.engine()).setPolicy(user)
      cli.output.document({ user })
      const own = policyLines(user)
      cli.output.line(
        own.length === 0 ? 'You set no limits of your own.' : 'From now on you allow skills at most:',
      )
      for (const line of own) cli.output.line(`  ${line}`)
    })
  addPolicyCheck(policy, cli)
  addPolicyApply(policy, cli)
}
