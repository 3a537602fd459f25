import type { InputValues } from '../../shared/contract/library.ts'
import type { SkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { RunHooks } from '../api.ts'

/** What a chain needs of the skills that it runs. */
export interface ChainSkills {
  /**
   * Everything about an installed skill that a run looks at before it starts, without starting one. `problem` says why
   * `times` runs could not all start now; with 0 that isn't looked at.
   * @throws SkilletError for one that isn't there, was withdrawn or altered
   */
  check(slug: string, times: number): Promise<{ manifest: SkillManifest; problem: SkilletError | null }>
  /** The same run as anybody's, with every check of its own. `inputsFor` gets the manifest of what is going to run. */
  run(slug: string, inputsFor: (manifest: SkillManifest) => InputValues, hooks: RunHooks): Promise<RunResult>
  /** What stands in the way of a skill, as far as it can be told at a glance: for a list, never for a run. */
  glance(slug: string): Promise<{ manifest: SkillManifest | null; problem: SkilletError | null }>
}
