import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { policyOrThrow } from '../../engine/policy/sources/source.ts'
import { SkilletError } from '../../shared/errors.ts'
import { parsePolicyText } from '../../shared/parse-managed-policy.ts'
import type { Cli } from '../context.ts'

/** `skillet policy check FILE`: would Skillet take this as an administrators' policy? Exits 3 and names what is wrong. */
export function addPolicyCheck(policy: Command, cli: Cli): void {
  policy
    .command('check')
    .description("check an administrators' policy before it is handed out")
    .argument('<file>')
    .action(async (file: string) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new SkilletError('NOT_FOUND', `${file} can't be read.`, { cause })
      })
      cli.output.document({ ok: true, policy: policyOrThrow(file, parsePolicyText(text)) })
      cli.output.line(`${file} is a policy that Skillet takes.`)
    })
}
