import type { InputValues } from '../../shared/contract/library.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { Telemetry } from './telemetry.ts'

/** What the engine did, as it may be told. */
export interface Happenings {
  installed(planId: string, skill: { slug: string; version: string }, durationMs: number): void
  /** It may be tried again with the same plan. */
  installFailed(planId: string): void
  ran(manifest: SkillManifest, inputs: InputValues, result: RunResult): void
}

export function createHappenings(telemetry: Pick<Telemetry, 'note' | 'sample'>): Happenings {
  const failed = { installs: new Map<string, number>(), runs: new Map<string, number>() }
  /** How many failed just before, and from now on. */
  const retriesOf = (counts: Map<string, number>, of: string, ok: boolean): number => {
    const before = counts.get(of) ?? 0
    if (ok) counts.delete(of)
    else counts.set(of, before + 1)
    return Math.min(before, 1000)
  }
  return {
    installed(planId, { slug, version }, durationMs) {
      const retries = retriesOf(failed.installs, planId, true)
      telemetry.note(slug, [
        { event: 'install', slug, version, durationMs: Math.round(durationMs), retries, ok: true },
      ])
    },
    installFailed: (planId) => void retriesOf(failed.installs, planId, false),
    ran(manifest, inputs, result) {
      const { slug, version } = manifest
      const ok = result.reason === 'exit' && result.exitCode === 0
      const retries = retriesOf(failed.runs, slug, ok)
      telemetry.note(slug, [
        { event: 'use', slug, version, durationMs: null, retries: null, ok: null },
        { event: 'result', slug, version, durationMs: result.durationMs, retries, ok },
      ])
      telemetry.sample({ manifest, inputs, result })
    },
  }
}
