import { joinWords } from '../../shared/capability-words.ts'
import { isCapability, type Capability } from '../../shared/capability.ts'
import type { InstallPlan, InstallProgress } from '../../shared/contract/install.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import type { Answers, Engine, PreinstallNews } from '../api.ts'
import type { LeftOut } from './left-out.ts'
import type { Store } from './store.ts'

interface PreinstallPorts {
  readonly store: Pick<Store, 'get'>
  readonly leftOut: Pick<LeftOut, 'has'>
  readonly installer: Pick<Engine, 'planInstall' | 'applyInstall' | 'discardPlan'>
}

/**
 * Installs what administrators ask for and isn't here, one after the other, by the same steps as any other install, with
 * what the policy grants and nothing else. What the person removed stays removed unless it is required. One that can't be
 * installed doesn't keep the next from it.
 */
export async function preinstall(
  { store, leftOut, installer }: PreinstallPorts,
  policy: ManagedPolicy | null,
  { onNews, signal }: { onNews?: (news: PreinstallNews) => void; signal?: AbortSignal } = {},
): Promise<PreinstallNews[]> {
  const outcomes: PreinstallNews[] = []
  for (const { skill, grant, required } of policy?.skills?.preinstall ?? []) {
    const [slug = '', version] = skill.split('@')
    const record = await store.get(slug).catch(() => null)
    if (record !== null && (version === undefined || record.version === version)) continue
    if (record === null && required !== true && (await leftOut.has(slug))) continue
    const tell = (news: Omit<PreinstallNews, 'slug'>) => onNews?.({ slug, ...news })
    tell({ state: 'installing', title: slug, fraction: null, problem: null })
    let title = slug
    try {
      const plan = await installer.planInstall(version === undefined ? { slug } : { slug, version })
      title = plan.skill.title
      try {
        await installer.applyInstall(plan.planId, answersFor(plan, grant), 'policy', {
          onProgress: ({ step, fraction }: InstallProgress) =>
            tell({
              state: 'installing',
              title,
              fraction: step === 'download' ? fraction : null,
              problem: null,
            }),
          ...(signal === undefined ? {} : { signal }),
        })
      } finally {
        installer.discardPlan(plan.planId)
      }
      outcomes.push({ slug, state: 'installed', title, fraction: null, problem: null })
    } catch (error) {
      outcomes.push({
        slug,
        state: 'failed',
        title,
        fraction: null,
        problem: toSkilletError(error).toPlain(),
      })
    }
    onNews?.(outcomes.at(-1)!)
  }
  return outcomes
}

/**
 * An answer for everything that is asked. A person who said no before is not overruled.
 * @throws SkilletError PERMISSION_DENIED where the policy grants less than the skill asks for
 */
function answersFor({ asks, skill }: InstallPlan, words: readonly string[]): Answers {
  const granted = new Map<Capability, readonly string[] | null>(words.flatMap(readWords))
  const answers: Answers = {}
  for (const { capability, scope, decided } of asks) {
    if (decided === 'deny')
      throw new SkilletError('PERMISSION_DENIED', `You don't allow ${skill.title} ${capability}.`, {
        remedy: 'Install it yourself and decide again.',
      })
    const given = granted.get(capability)
    const missing = given === null ? [] : scope.filter((item) => !(given ?? []).includes(item))
    if (given === undefined || missing.length > 0)
      throw new SkilletError(
        'PERMISSION_DENIED',
        `Your administrator asks for ${skill.title}, but doesn't grant it ${joinWords(given === undefined || given === null ? [capability] : missing)}.`,
        { remedy: 'Ask your administrator, or install it yourself.' },
      )
    answers[capability] = { decision: 'allow', scope }
  }
  return answers
}

/** `net=a.example.com,b.example.com`: that much; `net`: as declared. */
function readWords(words: string): [Capability, readonly string[] | null][] {
  const [capability = '', scope] = words.split('=')
  return isCapability(capability) ? [[capability, scope?.split(',') ?? null]] : []
}
