import { SkilletError } from '../../shared/errors.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Connection } from '../registry-client/request.ts'
import { redactSecrets } from '../secrets/redact.ts'
import type { ChoiceFile } from './choice-file.ts'
import { pseudonyms, type Salt } from './pseudonyms.ts'
import { bundlesThatAsk, sendSample, skillsInBundle } from './send.ts'

/** Of what a skill printed, this many characters are in a sample. */
const mostText = 4000

/** A run that is over. */
export interface Sampled {
  readonly manifest: SkillManifest
  readonly inputs: InputValues
  readonly result: Pick<RunResult, 'exitCode' | 'reason' | 'durationMs' | 'stdout'>
}

interface SamplePorts {
  readonly keyed: Connection | null
  readonly agent: string
  readonly choices: ChoiceFile
  readonly salt: () => Promise<Salt>
  /** Whether nobody forbids that anything is told. */
  readonly mayTell: () => Promise<boolean>
  readonly signal: () => AbortSignal
  readonly now: () => Date
}

/**
 * Samples of what skills of a bundle are given and print, for the bundle's owner who asked for them (Operator and above),
 * and only for bundles that the person allowed one by one. Apart from the statistics: one can be on without the other.
 */
export function createSamples({ keyed, agent, choices, salt, mayTell, signal, now }: SamplePorts) {
  return {
    /** The bundles that ask, with the person's answers. Asks the registry only where a bundle's key is in use. */
    async asked(): Promise<{ bundle: string; title: string; allowed: boolean }[]> {
      if (!(await mayTell())) return []
      const { samples } = await choices.read()
      const asking = keyed === null ? [] : await bundlesThatAsk(keyed).catch(() => [])
      const known = new Map(samples.map(({ bundle, title }) => [bundle, title]))
      for (const { id, title } of asking) known.set(id, title)
      return [...known].map(([bundle, title]) => ({
        bundle,
        title,
        allowed: samples.some((one) => one.bundle === bundle),
      }))
    },

    async allow(bundle: string, allowed: boolean): Promise<void> {
      const title = allowed
        ? (keyed === null ? [] : await bundlesThatAsk(keyed)).find(({ id }) => id === bundle)?.title
        : ''
      if (title === undefined)
        throw new SkilletError('NOT_FOUND', 'Nobody asks for samples of this bundle.', {
          remedy: 'Only with the key of a bundle whose owner has switched samples on.',
        })
      await choices.change(({ samples, ...rest }) => {
        const others = samples.filter((one) => one.bundle !== bundle)
        return {
          ...rest,
          samples: allowed ? [...others, { bundle, title, since: now().toISOString() }] : others,
        }
      })
    },

    async send(sampled: Sampled): Promise<void> {
      const { samples } = await choices.read()
      if (keyed === null || samples.length === 0 || !(await mayTell())) return
      const { slug, version } = sampled.manifest
      for (const { bundle } of samples) {
        if (!(await skillsInBundle(keyed, bundle)).includes(slug)) continue
        const { user } = pseudonyms(await salt(), agent)
        try {
          await sendSample(keyed, { slug, version, user, sample: sampleOf(sampled) }, signal())
        } catch (error) {
          // The owner doesn't ask any more: an answer that was given then doesn't count for a later question.
          if (error instanceof SkilletError && ['FORBIDDEN', 'TIER_REQUIRED'].includes(error.code))
            await choices.change((kept) => ({
              ...kept,
              samples: kept.samples.filter((one) => one.bundle !== bundle),
            }))
          throw error
        }
      }
    },
  }
}

/** What a sample holds: no path of this computer, no key. */
export function sampleOf({ manifest, inputs, result }: Sampled): Record<string, unknown> {
  const given = Object.entries(inputs).map(([name, value]) => {
    const type = manifest.run.inputs[name]?.type
    const shown = type === 'file' || type === 'folder' ? `(a ${type})` : value
    return [name, typeof shown === 'string' ? redactSecrets(shown).slice(0, mostText) : shown]
  })
  const { exitCode, reason, durationMs, stdout } = result
  return {
    given: Object.fromEntries(given) as Record<string, unknown>,
    ended: { exitCode, reason, durationMs },
    printed: redactSecrets(stdout).slice(0, mostText),
  }
}
