import { join, resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import type { StolenRelease } from '../../registry/publish/sign-again.ts'
import { rotatableRoles, type RotatableKey } from '../../registry/rotatable-roles.ts'
import { SkilletError } from '../../shared/errors.ts'
import { assertServerHere } from '../console-folder.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'
import { fingerprint } from '../skill-lines.ts'

interface PlaceFlags {
  data?: string
  database?: string
  offlineKeys?: string
}

/** `skillet registry rotate-key ROLE`, `skillet registry renew` and `skillet registry recover`: work on a registry's folder, stopped or running. */
export function addRegistryRotate(registry: Command, cli: Cli): void {
  withPlace(
    registry
      .command('rotate-key')
      .description(
        `replace a key: ${rotatableRoles.join(', ')}. "publish" signs releases; the others sign the registry's lists`,
      )
      .argument('<role>')
      .option('--compromised', 'somebody else may have the old key: it counts for nothing from now on')
      .option(
        '--key <name>',
        'for root: which of its keys, such as root-2; for publish: the fingerprint of the one that is compromised',
      )
      .option(
        '--since <date>',
        'with publish --compromised: releases published then or later are listed no more, such as 2026-03-31',
        toDate,
      ),
  ).action(
    async (name: string, flags: PlaceFlags & { compromised?: boolean; key?: string; since?: Date }) => {
      const role = rotatableRoles.find((each) => each === name)
      if (role === undefined)
        throw new SkilletError('USAGE', `There is no key named ${name}.`, {
          remedy: `Use one of ${rotatableRoles.join(', ')}.`,
        })
      const compromised = flags.compromised === true
      if (flags.key !== undefined && role !== 'root' && !(role === 'publish' && compromised))
        throw new SkilletError('USAGE', '--key goes with root, and with publish --compromised.')
      if (flags.since !== undefined && !(role === 'publish' && compromised))
        throw new SkilletError('USAGE', '--since goes with publish --compromised.')
      assertServerHere()
      const { rotateRegistryKey } = await import('../../registry/key-rotation.ts')
      const done = await rotateRegistryKey(place(cli, flags), {
        role,
        compromised,
        key: flags.key?.replaceAll(' ', ''),
        since: flags.since,
      })
      cli.output.document({ ...done, compromised })
      cli.output.line(`The key for ${role} is new:`)
      cli.output.line(fingerprint(done.fingerprint))
      for (const line of consequences(role, compromised, done)) cli.output.line(line)
    },
  )

  withPlace(
    registry
      .command('renew')
      .description('sign the two lists that only the offline keys can sign for another year'),
  ).action(async (flags: PlaceFlags) => {
    assertServerHere()
    const { renewRegistry } = await import('../../registry/key-rotation.ts')
    const done = await renewRegistry(place(cli, flags))
    cli.output.document(done)
    cli.output.line(`Signed anew. They hold until ${done.rootExpires.slice(0, 10)}.`)
    cli.output.note('Take the offline keys away from this computer again.')
  })

  withPlace(
    registry
      .command('recover')
      .description("after the registry's folder came back from a backup, so that computers follow it again"),
  ).action(async (flags: PlaceFlags) => {
    assertServerHere()
    const { recoverRegistry } = await import('../../registry/key-rotation.ts')
    const done = await recoverRegistry(place(cli, flags))
    cli.output.document(done)
    cli.output.line('The lists are signed under new numbers, above all that computers have seen.')
    cli.output.line(`The trust root is number ${done.rootVersion}: ${done.trustRoot}`)
    cli.output.line(
      'What was published, withdrawn or rotated after the backup is gone: withdraw those skills again.',
    )
    cli.output.note('Take the offline keys away from this computer again.')
  })
}

/** A day in UTC, or an instant. */
function toDate(text: string): Date {
  const parsed = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text)
  if (!parsed.success)
    throw new InvalidArgumentError('It is a date, such as 2026-03-31 or 2026-03-31T14:00:00Z.')
  return new Date(parsed.data)
}

function withPlace(command: Command): Command {
  return command
    .option('--data <dir>', "the registry's folder")
    .option('--database <url>', 'the PostgreSQL that the registry was started with, if it has one of its own')
    .option('--offline-keys <dir>', 'where the offline keys are, unless they lie in keys/offline')
}

function place(cli: Cli, flags: PlaceFlags) {
  return {
    dataDir: flags.data === undefined ? join(cli.settings().home, 'registry') : resolve(flags.data),
    databaseUrl: flags.database,
    offlineKeys: flags.offlineKeys === undefined ? undefined : resolve(flags.offlineKeys),
    log: (line: string) => void cli.ports.stderr.write(`${line}\n`),
  }
}

function consequences(
  role: RotatableKey,
  compromised: boolean,
  done: {
    signedAgain: readonly StolenRelease[]
    delisted: readonly StolenRelease[]
    trustRoot: string
  },
): string[] {
  if (role === 'publish') {
    if (!compromised) return ['The old key stands for what it signed until now, and for nothing later.']
    return [
      `The old key counts for nothing; ${counted(done.signedAgain)} signed again:`,
      ...table(
        done.signedAgain.map((release) => [release.publishedAt, `${release.slug}@${release.version}`]),
      ),
      ...(done.delisted.length === 0
        ? []
        : [
            `${counted(done.delisted)} published later; nobody is offered that any more. What is yours, publish again as a new version:`,
            ...table(
              done.delisted.map((release) => [release.publishedAt, `${release.slug}@${release.version}`]),
            ),
          ]),
      'Look through what was signed again: revoke what you do not know, and what was delisted and is not yours.',
    ]
  }
  const away = 'Keep a copy of the offline keys away from this computer, the new one included.'
  if (role === 'root')
    return [
      `Computers that know the old trust root follow by themselves; hand out the new one: ${done.trustRoot}`,
      away,
    ]
  if (role === 'targets') return ['Computers follow by themselves at their next check.', away]
  return ['Computers follow by themselves at their next check.']
}

function counted(releases: readonly unknown[]): string {
  return releases.length === 1 ? '1 release was' : `${releases.length} releases were`
}
