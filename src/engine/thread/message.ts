import { SkilletError, type ErrorCode } from '../../shared/errors.ts'

/** What is sent to a thread. */
export type ThreadRequest = { id: number; call: string; input: unknown } | { id: number; cancel: true }

/** What a thread sends back. */
export type ThreadReply =
  { id: number; event: unknown } | { id: number; value: unknown } | { id: number; failure: ThreadFailure }

/** An error between threads, where the structured clone drops custom properties. */
export interface ThreadFailure {
  readonly skillet: { readonly code: ErrorCode; readonly remedy: string } | null
  readonly message: string
  readonly stack: string | undefined
  /** The operating system's own code, such as ENOSPC. */
  readonly code: string | undefined
  readonly cause: ThreadFailure | null
}

export function toFailure(error: unknown): ThreadFailure {
  if (!(error instanceof Error))
    return { skillet: null, message: String(error), stack: undefined, code: undefined, cause: null }
  const { code } = error as NodeJS.ErrnoException
  return {
    skillet: error instanceof SkilletError ? { code: error.code, remedy: error.remedy } : null,
    message: error.message,
    stack: error.stack,
    code: typeof code === 'string' ? code : undefined,
    cause: error.cause === undefined ? null : toFailure(error.cause),
  }
}

export function fromFailure({ skillet, message, stack, code, cause }: ThreadFailure): Error {
  const options = cause === null ? {} : { cause: fromFailure(cause) }
  const error =
    skillet === null
      ? Object.assign(new Error(message, options), code === undefined ? {} : { code })
      : new SkilletError(skillet.code, message, { remedy: skillet.remedy, ...options })
  if (stack !== undefined) error.stack = stack
  return error
}
