import type { SandboxState } from '../../shared/contract/overview.ts'
import type { SandboxProfile } from './profile.ts'

export type BackendName = SandboxState['backends'][number]['name']

/** How bubblewrap, or firejail around it, is started so that what the profile names is all that there is. */
export interface SandboxBackend {
  readonly name: BackendName
  /** Absolute path. */
  readonly program: string
  /**
   * `args` start `program`. `options` and `words` go into the descriptors `options` and `words`, NUL-terminated each:
   * kept off the command line, which everybody's `ps` shows and firejail wants short.
   */
  command(
    profile: SandboxProfile,
  ): Promise<{ args: readonly string[]; options: readonly string[]; words: readonly string[] }>
}

/** The ways of sandboxing on this computer; each is self-tested before anything runs in it. */
export interface Sandboxes {
  state(): Promise<SandboxState>
  /** @throws SkilletError SANDBOX_UNAVAILABLE with the step that puts it right */
  choose(wanted: 'any' | BackendName): Promise<SandboxBackend>
  /** A sandbox could not be built although it was proved: from now on everything is tested anew. */
  doubt(): Promise<void>
}
