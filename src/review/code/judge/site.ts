import type { Finding } from '../../../shared/finding.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { Flow } from '../flow.ts'
import type { Labels } from '../labels.ts'
import type { Call, Expr, Unit } from '../program.ts'

/** One call of a program, with all that is known about it and a way to say what is wrong. */
export interface Site {
  readonly flow: Flow
  readonly manifest: SkillManifest | null
  /** What the skill's documents say. */
  readonly told: string
  readonly call: Call
  readonly unit: Unit
  /** What is called, in full. */
  readonly name: string
  /** True in a document, which shows code rather than runs it. */
  readonly shown: boolean
  say(rule: string, severity: Finding['severity'], message: string): void
  pick(places: readonly (string | number)[] | undefined): Expr[]
  textsOf(expr: Expr): readonly string[]
  /** What all of these may hold. */
  labelsOf(exprs: readonly Expr[]): Labels
}

export function createSite(given: Pick<Site, 'flow' | 'manifest' | 'told' | 'call' | 'unit' | 'say'>): Site {
  const { flow, manifest, told, call, unit, say } = given
  return {
    flow,
    manifest,
    told,
    call,
    unit,
    say,
    name: flow.nameOf(call.of, unit),
    shown: unit.where === 'document',
    pick: (places) => flow.pick(call, unit, places),
    textsOf: (expr) => flow.textsOf(expr, unit),
    labelsOf: (exprs) => new Map(exprs.flatMap((expr) => [...flow.labelsOf(expr, unit)])),
  }
}
