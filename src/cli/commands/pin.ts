import type { Command } from 'commander'
import { parseSkillRef, type Cli } from '../context.ts'

/** `skillet pin SLUG`: it stays at its version. */
export function addPin(program: Command, cli: Cli): void {
  add(program, cli, {
    word: 'pin',
    description: 'keep a skill at its version: no update touches it',
    pinned: true,
    done: (slug) => `${slug} stays at its version. If it is withdrawn, it stops all the same.`,
  })
}

/** `skillet unpin SLUG`: it follows updates again. */
export function addUnpin(program: Command, cli: Cli): void {
  add(program, cli, {
    word: 'unpin',
    description: 'let a skill follow updates again',
    pinned: false,
    done: (slug) => `${slug} follows updates again.`,
  })
}

function add(
  program: Command,
  cli: Cli,
  verb: { word: string; description: string; pinned: boolean; done: (slug: string) => string },
): void {
  program
    .command(verb.word)
    .description(verb.description)
    .argument('<slug>')
    .action(async (text: string) => {
      const { slug } = parseSkillRef(text)
      await (await cli.engine()).pin(slug, verb.pinned)
      cli.output.document({ slug, pinned: verb.pinned })
      cli.output.line(verb.done(slug))
    })
}
