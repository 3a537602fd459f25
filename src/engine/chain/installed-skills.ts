import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { RecordReader } from '../install/read-records.ts'
import type { InstallRecord, Store } from '../install/store.ts'
import { permitted } from '../policy/permitted.ts'
import type { PolicyLayers } from '../policy/layers.ts'
import type { Freshness, GrantStore } from '../ports.ts'
import { effectiveLimits } from '../policy/limits.ts'
import { findPrograms, readSecrets, type PreparePorts } from '../run/prepare.ts'
import type { RunnableSkill } from '../run/run.ts'
import { toWithdrawnError } from '../trust/revoked.ts'
import type { ChainSkills } from './chain-skills.ts'

interface InstalledSkillsPorts extends Pick<
  PreparePorts,
  'budget' | 'sandboxes' | 'findProgram' | 'getSecret'
> {
  readonly store: Store
  readonly records: RecordReader
  readonly grants: GrantStore
  readonly layers: () => Promise<PolicyLayers>
  readonly settleWithdrawals: (freshness: Freshness) => Promise<void>
  /** The first half of every run: not withdrawn, unaltered, permitted. */
  readonly prepare: (slug: string) => Promise<RunnableSkill>
  readonly run: ChainSkills['run']
}

/** The checks that were made just before count. */
const justChecked: Freshness = { maxAgeMs: 15_000, patienceMs: 3000, retryAfterMs: 15_000 }

/** What is installed, as a chain needs it. */
export function createInstalledSkills(ports: InstalledSkillsPorts): ChainSkills {
  const { store, records, grants, layers } = ports

  async function installed(record: InstallRecord): Promise<SkillManifest> {
    const { slug, version, withdrawn } = record
    if (withdrawn !== null) throw toWithdrawnError(slug, version, withdrawn)
    return (await records.releaseOf(record)).skill
  }

  return {
    run: ports.run,
    async check(slug, times) {
      if (times === 0) {
        await ports.settleWithdrawals(justChecked)
        return { manifest: await installed(await store.require(slug)), problem: null }
      }
      const skill = await ports.prepare(slug)
      return { manifest: skill.manifest, problem: await problemOf(() => assertCanStart(ports, skill, times)) }
    },
    async glance(slug) {
      let manifest: SkillManifest | null = null
      const problem = await problemOf(async () => {
        const record = await store.require(slug)
        manifest = (await records.releaseOf(record)).skill
        await installed(record)
        await permitted({ grants, layers }, manifest)
      })
      return { manifest, problem }
    },
  }
}

async function problemOf(look: () => Promise<unknown>): Promise<SkilletError | null> {
  try {
    await look()
    return null
  } catch (error) {
    return toSkilletError(error)
  }
}

/** What else a run looks at before it starts. Each run looks again. */
async function assertCanStart(
  ports: InstalledSkillsPorts,
  skill: RunnableSkill,
  times: number,
): Promise<void> {
  const { manifest } = skill
  if (process.getuid?.() === 0)
    throw new SkilletError('RUNNING_AS_ROOT', 'Skillet does not run skills as root.')
  if (times > 1 && skill.grants.some(({ life, decision }) => life === 'once' && decision === 'allow'))
    throw new SkilletError(
      'PERMISSION_DENIED',
      `You allowed ${manifest.title} something just once, and the chain runs it ${times} times.`,
      { remedy: 'Allow it always, or until Skillet closes.' },
    )
  await ports.budget.assertLeft(manifest, effectiveLimits(manifest, skill.policy), times)
  await ports.sandboxes.choose(manifest.sandbox.backend)
  await findPrograms(manifest, ports)
  await readSecrets(skill, ports)
}
