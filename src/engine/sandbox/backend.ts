import type { SandboxState } from '../../shared/contract/overview.ts'
import type { SandboxProfile } from './profile.ts'

export type BackendName = SandboxState['backends'][number]['name']

/**
 * How a sandbox is started that has nothing of a run in it yet. Where two runs have the same, the sandbox of one would be
 * as good for the other until it gets its words.
 */
export interface Frame {
  /** For the backend's program. */
  readonly args: readonly string[]
  /** NUL-terminated each, they go into the descriptor `options`: firejail wants its command line short. */
  readonly options: readonly string[]
}

/** How bubblewrap, or firejail around it, is started so that what the profile names is all that there is. */
export interface SandboxBackend {
  readonly name: BackendName
  /** Absolute path. */
  readonly program: string
  /** Absolute path of the native relay. */
  readonly relay: string
  /**
   * `words` are what the launcher is told about this run (`sandboxWords`). NUL-terminated each, they go into the
   * descriptor of that name.
   */
  command(profile: SandboxProfile): Promise<Frame & { readonly words: readonly string[] }>
}

/** The ways of sandboxing on this computer; each is self-tested before anything runs in it. */
export interface Sandboxes {
  state(): Promise<SandboxState>
  /** @throws SkilletError SANDBOX_UNAVAILABLE with the step that puts it right */
  choose(wanted: 'any' | BackendName): Promise<SandboxBackend>
  /** A sandbox could not be built although it was proved: from now on everything is tested anew. */
  doubt(): Promise<void>
}
