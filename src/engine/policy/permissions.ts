import { asksOf, joinAsks } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import type { Ask } from '../../shared/contract/skills.ts'
import type { Policy } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Engine } from '../api.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { toGrants } from '../install/decisions.ts'
import type { RecordReader } from '../install/read-records.ts'
import type { Store } from '../install/store.ts'
import type { GrantStore, Journal } from '../ports.ts'
import { auditPermissions } from './audit-permissions.ts'
import { effectivePolicy } from './effective.ts'
import { ceilingOf, type PolicyLayers } from './layers.ts'
import type { UserPolicyFile } from './user-policy.ts'

interface PermissionPorts {
  readonly store: Store
  readonly records: RecordReader
  readonly grants: GrantStore
  readonly journal: Journal
  readonly layers: () => Promise<PolicyLayers>
  readonly userPolicy: UserPolicyFile
  readonly now?: () => Date
}

type Permissions = Pick<
  Engine,
  'asks' | 'decide' | 'grants' | 'revokeGrant' | 'checkPermissions' | 'policy' | 'setPolicy'
>

/** What a person allows: one skill at a time, and all of them at most. */
export function createPermissions(ports: PermissionPorts): Permissions {
  const { store, records, grants, journal, layers } = ports
  const now = ports.now ?? (() => new Date())

  const manifestOf = async (slug: string): Promise<SkillManifest> =>
    (await records.releaseOf(await store.require(slug))).skill

  const policyInForce = async (): Promise<(skill: SkillManifest) => Policy> => {
    const [ceiling, all] = await Promise.all([layers().then(ceilingOf), grants.list()])
    return (skill) => effectivePolicy(skill, all, ceiling)
  }

  return {
    async asks(slug) {
      const [manifest, given, used] = await Promise.all([
        manifestOf(slug),
        grants.list(slug),
        grants.usedUp(slug),
      ])
      const digest = capabilityDigest(manifest)
      const about = (list: readonly Grant[], { capability }: Ask) =>
        list.filter((grant) => grant.capability === capability && grant.capabilityDigest === digest)
      return asksOf(manifest).map((ask) => {
        const [answer] = about(given, ask)
        if (answer !== undefined && (answer.decision === 'deny' || covers(answer, ask)))
          return { ...ask, decided: answer.decision, life: answer.life }
        return { ...ask, decided: null, life: about(used, ask).length > 0 ? 'once' : null }
      })
    },
    async decide(slug, answers, by) {
      const manifest = await manifestOf(slug)
      const digest = capabilityDigest(manifest)
      const { allowed, denied } = toGrants(manifest, digest, answers, new Map(), by, now().toISOString())
      const decided = [...allowed, ...denied]
      if (decided.length === 0) return
      await grants.put(decided)
      await journal.append('grant.decided', slug, decidedSentence(manifest, allowed, denied), {
        version: manifest.version,
        allowed: allowed.map(({ capability, scope, life }) => ({ capability, scope, life })),
        denied: denied.map(({ capability }) => capability),
        by,
      })
    },

    grants: (slug) => grants.list(slug),
    async revokeGrant(slug, capability, digest) {
      const installed = (await records.list()).find(({ release }) => release.slug === slug)
      const skill = installed?.release.skill
      const ask = skill && asksOf(skill).find((one) => one.capability === capability)
      await grants.forget(slug, capability, digest)
      await journal.append(
        'grant.revoked',
        slug,
        `Took back an answer about ${skill?.title ?? slug}: ${ask?.title ?? capability}.`,
        { capability },
      )
    },

    async checkPermissions(policy) {
      const installed = (await records.list()).map(({ release }) => release.skill)
      const readable = new Set(installed.map(({ slug }) => slug))
      const recorded = [...(await store.list()), ...(await store.damaged())].map(({ slug }) => slug)
      const policyFor = policy === undefined ? await policyInForce() : () => policy
      return auditPermissions(
        installed.map((skill) => ({ skill, policy: policyFor(skill) })),
        recorded.filter((slug) => !readable.has(slug)),
      )
    },

    async policy() {
      const { managed, user } = await layers()
      return { user, managed: managed?.ceiling ?? null }
    },
    async setPolicy(user) {
      await ports.userPolicy.write(user)
      await journal.append('policy.changed', null, 'Changed what skills may do at most.', { policy: user })
    },
  }
}

function covers({ scope }: Grant, ask: Ask): boolean {
  return ask.scope.every((item) => scope.includes(item))
}

function decidedSentence(
  manifest: SkillManifest,
  allowed: readonly Grant[],
  denied: readonly Grant[],
): string {
  const words = (grants: readonly Grant[]) =>
    joinAsks(asksOf(manifest).filter((ask) => grants.some(({ capability }) => capability === ask.capability)))
  const lives = {
    always: (what: string) => `You allowed ${manifest.title} to ${what}.`,
    session: (what: string) => `You allowed ${manifest.title} to ${what} until Skillet is closed.`,
    once: (what: string) => `You allowed ${manifest.title} to ${what} once.`,
  } as const
  const sentences = (['always', 'session', 'once'] as const).flatMap((life) => {
    const some = allowed.filter((grant) => grant.life === life)
    return some.length === 0 ? [] : [lives[life](words(some))]
  })
  if (denied.length > 0) sentences.push(`You don't allow ${manifest.title} to ${words(denied)}.`)
  return sentences.join(' ')
}
