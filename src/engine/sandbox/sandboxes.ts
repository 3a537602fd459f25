import type { SandboxState } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import { findProgram } from '../probe/programs.ts'
import type { Sandboxes } from './backend.ts'
import { createBubblewrapBackend } from './bubblewrap-backend.ts'
import type { createRuntimeFinder } from './runtime.ts'
import { testSandbox } from './self-test.ts'

export interface SandboxesPorts {
  /** Absolute path of the native launcher. */
  readonly launcher: string
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
}

/** Tests the sandbox once and keeps an answer that is good; a bad one is asked for again next time. */
export function createSandboxes({ launcher, findRuntime }: SandboxesPorts): Sandboxes {
  let asked: Promise<{ state: SandboxState; program: string | null }> | null = null
  const test = async () => {
    const program = await findProgram('bwrap')
    return { state: await testSandbox({ bubblewrap: program, launcher, findRuntime }), program }
  }
  const ask = async () => {
    const current = (asked ??= test())
    const forget = () => {
      if (asked === current) asked = null
    }
    const answer = await current.catch((error: unknown) => {
      forget()
      throw error
    })
    if (!answer.state.ready) forget()
    return answer
  }
  return {
    state: async () => (await ask()).state,
    async choose(wanted) {
      const { state, program } = await ask()
      const found = state.backends.find(({ name }) => wanted === 'any' || name === wanted)
      if (!state.ready || program === null || found?.ready !== true)
        throw new SkilletError(
          'SANDBOX_UNAVAILABLE',
          state.problem ?? `The sandbox that it asks for (${wanted}) is not on this computer.`,
          state.fix === null ? {} : { remedy: state.fix },
        )
      return createBubblewrapBackend(program, launcher)
    },
  }
}
