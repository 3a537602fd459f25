/**
 * Everything that goes wrong. `code` is Skillet's own where Skillet answered (`UNAUTHORIZED`, `RATE_LIMITED`, `DENIED` …), or
 * `NOT_RUNNING`, `UNTRUSTED` (it isn't the Skillet that wrote `bridge.json`) and `DENIED`, `EXPIRED` of a pairing.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: string
  /** HTTP status of the answer; null where there was none. */
  readonly status: number | null
  /** What to do next, in a sentence; empty where nobody knows. */
  readonly remedy: string

  constructor(
    code: string,
    message: string,
    options: { status?: number; remedy?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? null
    this.remedy = options.remedy ?? ''
  }
}
