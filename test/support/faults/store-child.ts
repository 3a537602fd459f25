import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { extractTarball } from '../../../src/engine/install/extract.ts'
import { assertIntact } from '../../../src/engine/install/integrity.ts'
import { quarantine } from '../../../src/engine/install/quarantine.ts'
import { removeSkill, restoreSkill } from '../../../src/engine/install/remove.ts'
import { repairSkill } from '../../../src/engine/install/repair.ts'
import { rollbackTo } from '../../../src/engine/install/rollback.ts'
import { listTrash } from '../../../src/engine/install/trash.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import type { PublishKeys } from '../../../src/shared/signed-targets.ts'
import { installSample, obtainSample, openStore } from '../store-home.ts'
import { placingIn } from '../placing-in.ts'
import { treeOf } from '../tree.ts'

/**
 * One change of a store in a process of its own, for tests that kill it, refuse it the disk, or run several at once.
 * Bundled and started by `store-process.ts`; its one argument is this in JSON.
 */
export interface StoreJob {
  home: string
  keys: PublishKeys
  slug: string
  /** Holds `<slug>-<version>.dsse.json` and `.tgz`. */
  samples: string
  /** Made once the store is open, so that faults begin with the change; null: they count from the opening on. */
  started: string | null
  steps: StoreStep[]
}

export type StoreStep =
  | { do: 'install'; version: string }
  | { do: 'rollback'; version: string }
  | { do: 'remove' | 'restore' | 'repair' | 'open' | 'check' | 'place' }
  | { do: 'anything'; times: number; seed: number; slugs: string[] }
  | { do: 'quarantine'; version: string }

export const withdrawn = {
  reason: 'It sends files away.',
  severity: 'critical' as const,
  revokedAt: '2026-11-20T00:00:00Z',
  rotate: [],
  saferVersion: null,
}

export interface StoreReport {
  /** What each step came to: `done`, or an error's code. */
  outcomes: string[]
  /** Every path before and after the last step; none where another process is at work as well. */
  before: string[]
  after: string[]
}

async function main({ home, keys, slug, samples, started, steps }: StoreJob): Promise<StoreReport> {
  const opened = await openStore(home, keys)
  if (started !== null) writeFileSync(started, '')

  /** Whatever several processes do at once: busy is an answer, and so is that the other one was there first. */
  async function anything({ times, seed, slugs }: Extract<StoreStep, { do: 'anything' }>): Promise<void> {
    const fine = ['done', 'BUSY', 'NOT_FOUND', 'NOT_INSTALLED', 'INPUT_INVALID']
    let state = seed
    const pick = <T>(from: readonly T[]): T => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return from[(state >>> 16) % from.length]!
    }
    for (let time = 0; time < times; time++) {
      const version = pick(['1.0.0', '2.0.0', '3.0.0'])
      const step = pick<StoreStep>([
        { do: 'install', version },
        { do: 'install', version },
        { do: 'rollback', version },
        { do: 'remove' },
        { do: 'restore' },
      ])
      const of = pick(slugs)
      const outcome = await outcomeOf(take(step, of))
      const check = await outcomeOf(take({ do: 'check' }, of))
      if (!fine.includes(outcome)) throw new Error(`${step.do} ${of} came to ${outcome}.`)
      if (!fine.includes(check)) throw new Error(`After ${step.do} ${of} the check came to ${check}.`)
    }
  }

  async function take(step: StoreStep, slug: string): Promise<unknown> {
    switch (step.do) {
      case 'install':
        return installSample(opened, {
          envelope: await readFile(join(samples, `${slug}-${step.version}.dsse.json`)),
          tarball: await readFile(join(samples, `${slug}-${step.version}.tgz`)),
        })
      case 'rollback':
        return rollbackTo(
          {
            ...opened,
            assertNotRevoked: async () => {},
            assertPolicyAllows: async () => {},
            findNewSignature: async () => null,
          },
          slug,
          step.version,
          'cli',
        )
      case 'quarantine':
        return quarantine(opened, slug, step.version, withdrawn)
      case 'remove':
        return removeSkill(opened, slug)
      case 'restore':
        return restoreSkill(
          opened,
          (await listTrash(opened.store, keys)).find((one) => one.slug === slug)?.undoId ?? 'none',
        )
      case 'repair':
        return repairSkill(
          {
            ...opened,
            obtain: async (release) =>
              obtainSample(opened, release, await readFile(join(samples, `${slug}-${release.version}.tgz`))),
            extract: extractTarball,
          },
          slug,
        )
      case 'place':
        return placingIn(opened).place(slug, ['claude-code', 'cursor'])
      case 'check':
        return assertIntact(opened.store, keys, slug)
      case 'anything':
        return anything(step)
      case 'open':
        if (opened.putOff !== null) throw opened.putOff
        return undefined
    }
  }

  const outcomes: string[] = []
  let before: string[] = []
  // Beside another process nothing stands still for long enough to be listed.
  const listed = async () => (steps.some((step) => step.do === 'anything') ? [] : treeOf(home))
  for (const step of steps) {
    before = await listed()
    outcomes.push(await outcomeOf(take(step, slug)))
  }
  return { outcomes, before, after: await listed() }
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (error instanceof SkilletError) return error.code
    throw error
  }
}

process.stdout.write(JSON.stringify(await main(JSON.parse(process.argv[2] ?? '') as StoreJob)))
