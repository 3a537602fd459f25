/**
 * Where metadata and targets come from: a registry, a mirror, the inside of a bundle. Nothing that it gives is believed
 * before it is verified, and it is read no further than the limit that goes with each request.
 */
export interface TufSource {
  /** The bytes of `<name>` under `metadata/` or `targets/`; null where there is no such file. */
  open(kind: 'metadata' | 'target', name: string): Promise<AsyncIterable<Uint8Array> | null>
}

/** What verified metadata says of itself. */
export interface TufState {
  readonly rootVersion: number
  readonly timestampVersion: number
  /** The earliest end of root, timestamp, snapshot and targets: nothing holds beyond it. */
  readonly validUntil: Date
  /** When the newest timestamp was signed, where its signer says so. */
  readonly signedAt: Date | null
  readonly root: { readonly threshold: number; readonly keyids: readonly string[] }
}

/** One file that verified metadata vouches for. `path` is its TUF target path, `length` in bytes. */
export interface TufTarget {
  readonly path: string
  readonly length: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** The Update Framework 1.0, client workflow (§5), over one folder of trusted metadata. */
export interface TufClient {
  /**
   * Brings the metadata up to date. What was trusted before stays in force when it fails.
   * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK, CLOCK_WRONG, and what the source throws
   */
  refresh(source: TufSource): Promise<TufState>
  /**
   * What is trusted already, judged by the clock now; nothing is fetched. Null where there has been no refresh yet.
   * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, CLOCK_WRONG
   */
  load(): Promise<TufState | null>
  /**
   * What the trusted metadata says of a path; null where no role vouches for it. Fetches a delegated role that is not on
   * this computer yet from `source`; without one that is METADATA_INVALID.
   */
  find(path: string, source: TufSource | null): Promise<TufTarget | null>
  /**
   * The path of a verified copy on this disk, fetched where there is none. NOT_FOUND where no role vouches for it.
   */
  fetch(path: string, source: TufSource | null): Promise<string>
}

export interface TufClientOptions {
  /** Where trusted metadata and targets are kept, as openTrustFolder chose it. Made when there is something to keep. */
  readonly folder: string
  /** Bytes of the `root.json` that this computer was told to trust. */
  readonly pinnedRoot: Uint8Array
  /**
   * Target paths that every refresh brings along. Only with all of them is a refresh complete and takes force; they are
   * then on this disk, so that `find` and `fetch` need no source for them.
   */
  readonly essential?: readonly string[]
  readonly now?: () => Date
}

/** A client over one folder of trusted metadata; several, in several processes, may share a folder. */
export function createTufClient(_options: TufClientOptions): TufClient {
  throw new Error('in the next commit')
}
