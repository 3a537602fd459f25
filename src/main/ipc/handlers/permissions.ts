import { capabilityDigest } from '../../../engine/grants/digest.ts'
import { createPaths } from '../../../engine/paths.ts'
import { createUserPolicy } from '../../../engine/policy/user-policy.ts'
import type { Capability } from '../../../shared/capability.ts'
import { asksOf } from '../../../shared/capability-words.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { toSkilletError, type PlainError } from '../../../shared/errors.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { EngineSource } from '../../engine-source.ts'

type PermissionHandlers = Pick<
  WindowHandlers,
  | 'grants.list'
  | 'grants.revoke'
  | 'grants.asks'
  | 'grants.all'
  | 'grants.decide'
  | 'policy.get'
  | 'policy.set'
>

/** What skills may do: the person's answers, and the limits for all of them. */
export function permissionHandlers(engine: EngineSource): PermissionHandlers {
  return {
    'grants.list': async ({ slug }) => {
      const open = await engine.get()
      const [grants, installed] = await Promise.all([open.grants(slug), open.installed()])
      return grants.map((grant) => {
        const manifest = installed.find((skill) => skill.slug === grant.slug)?.manifest
        return {
          ...grant,
          title: titleOf(manifest, grant.capability),
          current: manifest !== undefined && capabilityDigest(manifest) === grant.capabilityDigest,
        }
      })
    },
    'grants.revoke': async ({ slug, capability, capabilityDigest: digest }) => {
      await (await engine.get()).revokeGrant(slug, capability, digest)
      return null
    },
    'grants.asks': async ({ slug }) => (await engine.get()).asks(slug),
    'grants.all': async () => {
      const open = await engine.get()
      return Promise.all(
        (await open.installed()).map(async ({ slug }) => {
          try {
            return { slug, asks: await open.asks(slug), problem: null }
          } catch (error) {
            // One damaged skill must not keep the person from what the others may do.
            return { slug, asks: [], problem: toSkilletError(error).toPlain() }
          }
        }),
      )
    },
    'grants.decide': async ({ slug, decisions }) => {
      await (await engine.get()).decide(slug, decisions, 'window')
      return null
    },
    'policy.get': async () => {
      const open = await engine.get()
      try {
        return { ...(await open.policy()), problem: null }
      } catch (error) {
        const own = await problemOfOwn(open.home)
        // What administrators wrote is theirs to put right: there is no way around it from here.
        if (own === null) throw error
        return { user: {}, managed: null, problem: own }
      }
    },
    'policy.set': async ({ user }) => {
      await (await engine.get()).setPolicy(user)
      return null
    },
  }
}

// For a decision about a skill that is not installed, whose own words are not at hand.
const generalTitles: Record<Capability, string> = {
  'fs:read': 'Read files that you choose',
  'fs:write': 'Save files',
  net: 'Connect to the sites that it names',
  'env:read': 'Use your keys',
  exec: 'Start the programs that it names',
}

function titleOf(manifest: SkillManifest | undefined, capability: Capability): string {
  const ask = manifest && asksOf(manifest).find((one) => one.capability === capability)
  return ask?.title ?? generalTitles[capability]
}

/** Why the person's own policy can't be read; null where it can. */
async function problemOfOwn(home: string): Promise<PlainError | null> {
  try {
    await createUserPolicy({ file: createPaths(home).policy }).read()
    return null
  } catch (error) {
    return toSkilletError(error).toPlain()
  }
}
