/**
 * Where metadata and targets come from: a registry, a mirror, the inside of a bundle. Nothing that it gives is believed
 * before it is verified, and it is read no further than the limit that goes with each request.
 */
export interface TufSource {
  /**
   * The bytes of `<name>` under `metadata/` or `targets/`; null where there is no such file. Names of metadata are
   * percent-encoded already (`4.team%2Fa.json`), those of targets are paths (`releases/a/HASH.1.0.0.dsse.json`).
   */
  open(kind: 'metadata' | 'target', name: string): Promise<AsyncIterable<Uint8Array> | null>
}
