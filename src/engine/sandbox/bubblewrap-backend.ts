import type { SandboxBackend } from './backend.ts'
import { bubblewrapCommand, descriptors } from './bubblewrap.ts'
import { relayBeside } from './relay.ts'
import { sandboxWords } from './words.ts'

/** bubblewrap with the native launcher as the first thing that it starts; both paths are absolute. */
export function createBubblewrapBackend(program: string, launcher: string): SandboxBackend {
  return {
    name: 'bubblewrap',
    program,
    relay: relayBeside(launcher),
    async command(profile) {
      const { command, options } = await bubblewrapCommand(launcher, profile.graphics)
      const args = ['--args', String(descriptors.options), '--', ...command]
      return { args, options, words: await sandboxWords(profile) }
    },
  }
}
