import type { SandboxBackend } from './backend.ts'
import { bubblewrapCommand, descriptors } from './bubblewrap.ts'

/** bubblewrap with the native launcher as the first thing that it starts; both paths are absolute. */
export function createBubblewrapBackend(program: string, launcher: string): SandboxBackend {
  return {
    name: 'bubblewrap',
    program,
    async command(profile) {
      const { command, ...handedOver } = await bubblewrapCommand(profile, launcher)
      return { args: ['--args', String(descriptors.options), '--', ...command], ...handedOver }
    },
  }
}
