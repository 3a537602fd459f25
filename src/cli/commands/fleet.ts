import { createHash, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { writeFileAtomic } from '../../engine/disk.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'
import { openManagedPolicy, registryClient } from '../registry-access.ts'

/**
 * `skillet fleet sync`: tells the fleet that this computer belongs to what is installed here, and says what should be.
 * It installs nothing: what a skill may do is for a person or an administrator's policy to say, not for a fleet's key.
 */
export function addFleet(program: Command, cli: Cli): void {
  const fleet = program.command('fleet').description('the fleet that this computer belongs to')

  fleet
    .command('sync')
    .description(
      'tell the fleet what is installed here, and see what should be; its key comes in SKILLET_FLEET_KEY',
    )
    .action(async () => {
      const { home } = cli.settings()
      const key = cli.ports.env['SKILLET_FLEET_KEY']
      if (!key && (await openManagedPolicy().read())?.fleet_key === undefined)
        throw new SkilletError('USAGE', 'No fleet key is set.', {
          remedy: 'Set SKILLET_FLEET_KEY to a key rec_fleet_….',
        })
      const client = await registryClient(cli, key)
      const wanted = await client.fleet()
      const installed = await (await cli.engine()).installed()
      const skills = wanted.skills.map(({ slug, version }) => {
        const here = installed.find((skill) => skill.slug === slug)
        const isRight =
          here !== undefined &&
          here.withdrawn === null &&
          (version === null ? here.updateTo === null : here.version === version)
        return { slug, wanted: version, installed: here?.version ?? null, ok: isRight }
      })
      const ok = skills.every((skill) => skill.ok)
      await client.reportMachine(await machineHash(home), {
        name: hostname().slice(0, 120) || 'computer',
        // A revision counts as reached when everything of it is here.
        revision: ok ? wanted.revision : null,
        skills: installed.map(({ slug, version }) => ({ slug, version })),
      })
      cli.output.document({ fleet: wanted.fleet, revision: wanted.revision, ok, skills })
      const rows = skills.map((skill) => [
        skill.slug,
        skill.wanted ?? 'newest',
        skill.ok ? 'is here' : skill.installed === null ? 'not installed' : `has ${skill.installed}`,
      ])
      for (const line of table(rows)) cli.output.line(line)
      if (wanted.revision === null) cli.output.line(`Nothing was pushed to ${wanted.fleet} yet.`)
      else if (!ok) cli.output.note('Install what is missing with: skillet install SLUG[@VERSION]')
    })
}

/** Tells this computer apart from others of the fleet and says nothing about it: a random number that it keeps. */
async function machineHash(home: string): Promise<string> {
  const path = join(home, 'machine-id')
  const known = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  const id = known ?? randomUUID()
  if (known === null) await writeFileAtomic(path, id)
  return createHash('sha256').update(id.trim()).digest('hex')
}
