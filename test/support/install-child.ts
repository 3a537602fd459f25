import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import type { PublishKeys } from '../../src/shared/signed-targets.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { openHome, treeOf } from './install-home.ts'

/**
 * A process of its own that installs, for tests that kill it or fill its disk. Bundled and started by
 * `install-process.ts`; its one argument is this in JSON.
 */
export interface ChildJob {
  home: string
  registryUrl: string
  root: PublishKeys
  slug: string
  /** Installed one after the other. */
  versions: string[]
  /** Ends itself with SIGKILL before this change of the disk, counted from 1 in the last install; null for never. */
  killBefore: number | null
}

export interface ChildReport {
  /** Of the last install: `installed`, or the error's code. */
  outcome: string
  /** Changes of the disk that the last install made. */
  changes: number
  treeBefore: string[]
  treeAfter: string[]
}

const changing = ['open', 'rename', 'rm', 'rmdir', 'mkdir', 'writeFile', 'link', 'chmod', 'copyFile'] as const

async function main(job: ChildJob): Promise<ChildReport> {
  const home = await openHome({ ...job, now: () => new Date('2026-11-20T00:00:00Z') })
  const install = async (version: string) => {
    const plan = await home.installer.plan({ slug: job.slug, version })
    await home.installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'cli')
  }
  for (const version of job.versions.slice(0, -1)) await install(version)
  const treeBefore = await treeOf(job.home)

  const changes = countChanges(job.killBefore)
  const outcome = await install(job.versions.at(-1)!).then(
    () => 'installed',
    (error: unknown) => {
      if (error instanceof SkilletError) return error.code
      throw error
    },
  )
  return { outcome, changes: changes(), treeBefore, treeAfter: await treeOf(job.home) }
}

/** Node keeps `import { open } from 'node:fs/promises'` in step with the module's object, so all code is counted. */
function countChanges(killBefore: number | null): () => number {
  let count = 0
  const functions = fsPromises as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const name of changing) {
    const original = functions[name]!
    functions[name] = (...args) => {
      if (name === 'open' && args[1] === 'r') return original(...args)
      if (++count === killBefore) process.kill(process.pid, 'SIGKILL')
      return original(...args)
    }
  }
  syncBuiltinESMExports()
  return () => count
}

const report = await main(JSON.parse(process.argv[2] ?? '') as ChildJob)
process.stdout.write(JSON.stringify(report))
