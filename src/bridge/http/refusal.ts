import { SkilletError, type ErrorCode } from '../../shared/errors.ts'

/** A refusal that HTTP has a status of its own for. */
export class Refusal extends SkilletError {
  readonly status: number
  /** Response headers that belong to it. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    { remedy, headers = {} }: { remedy?: string; headers?: Record<string, string> } = {},
  ) {
    super(code, message, remedy === undefined ? {} : { remedy })
    this.status = status
    this.headers = headers
  }
}
