interface ErrorKind {
  /** Process exit status: 1 failed · 2 usage · 3 denied · 4 verification failed · 5 this computer can't run it. */
  readonly exit: 1 | 2 | 3 | 4 | 5
  /** HTTP status where the error leaves through the registry or the bridge. */
  readonly http: number
  /** What to do next, when whoever throws has nothing more exact to say. */
  readonly remedy: string
}

/** Every way in which Skillet can refuse or fail. A code is stable; its sentence may improve. */
const table = {
  USAGE: { exit: 2, http: 400, remedy: 'Run the command with --help to see what it takes.' },
  INTERNAL: {
    exit: 1,
    http: 500,
    remedy: 'Try again; if it happens again, report it with skillet.log from the folder that Settings names.',
  },
  CANCELLED: { exit: 1, http: 499, remedy: 'Nothing was changed. Start again whenever you like.' },
  BUSY: { exit: 1, http: 409, remedy: 'Wait until the other Skillet has finished, then try again.' },
  NOT_FOUND: { exit: 1, http: 404, remedy: 'Check the name, or search the catalog.' },
  NOT_INSTALLED: { exit: 1, http: 404, remedy: 'Install the skill first.' },
  INPUT_INVALID: { exit: 2, http: 400, remedy: 'Correct the value and run again.' },
  PLACE_TAKEN: { exit: 1, http: 409, remedy: 'Move or rename what is there, then try again.' },
  CONFIG_REFUSED: { exit: 1, http: 409, remedy: 'Look at the change again before you confirm it.' },
  NO_SPACE: { exit: 1, http: 507, remedy: 'Free some disk space and try again.' },
  NOT_WRITABLE: { exit: 1, http: 500, remedy: "Make Skillet's folder writable for you and try again." },
  STORE_DAMAGED: { exit: 1, http: 500, remedy: 'Remove the named file, or restore it from a backup.' },
  REGISTRY_UNREACHABLE: { exit: 1, http: 502, remedy: 'Check the connection to the registry and try again.' },
  REGISTRY_REFUSED: { exit: 1, http: 502, remedy: 'Try again later, or ask the registry for help.' },
  DOWNLOAD_FAILED: { exit: 1, http: 502, remedy: 'Try again; what arrived so far is kept.' },
  UNAUTHORIZED: { exit: 3, http: 401, remedy: 'Set a valid API key.' },
  FORBIDDEN: { exit: 3, http: 403, remedy: 'Ask an administrator for a key with this permission.' },
  RATE_LIMITED: { exit: 1, http: 429, remedy: 'Wait a little, then try again.' },
  TIER_REQUIRED: { exit: 3, http: 403, remedy: 'Upgrade your plan to use this skill.' },
  PERMISSION_DENIED: {
    exit: 3,
    http: 403,
    remedy: 'Allow what the skill asks for, or choose another skill.',
  },
  POLICY_DENIED: { exit: 3, http: 403, remedy: 'Ask your administrator.' },
  POLICY_INVALID: {
    exit: 3,
    http: 500,
    remedy: 'Correct the policy file; until then nothing installs or runs.',
  },
  VERSION_PINNED: { exit: 3, http: 409, remedy: 'Let the skill follow updates again, then update it.' },
  WRITE_DENIED: { exit: 3, http: 403, remedy: 'Write only inside the folders that the skill declares.' },
  BUDGET_EXCEEDED: {
    exit: 3,
    http: 429,
    remedy: 'Wait until tomorrow, or ask the publisher for a larger budget.',
  },
  SECRET_MISSING: { exit: 3, http: 403, remedy: 'Add the key under Keys, or with: skillet secrets set NAME' },
  MANIFEST_INVALID: {
    exit: 1,
    http: 422,
    remedy: 'It was packed wrongly: ask its publisher to correct skill.toml.',
  },
  CHAIN_INVALID: { exit: 1, http: 422, remedy: "Correct what is named in the chain's file, then try again." },
  STEP_FAILED: {
    exit: 1,
    http: 422,
    remedy: 'Look at what the step printed; when its cause is gone, go on from this step.',
  },
  PUBLISH_REJECTED: { exit: 1, http: 422, remedy: 'Correct what the report lists and publish again.' },
  VERSION_EXISTS: { exit: 1, http: 409, remedy: 'Raise the version: a published one never changes.' },
  TRUST_ROOT_INVALID: {
    exit: 4,
    http: 500,
    remedy: 'Get the trust root from your registry or administrator again.',
  },
  METADATA_INVALID: {
    exit: 4,
    http: 422,
    remedy: 'Try again later; if it stays so, tell the registry: somebody may be in between.',
  },
  METADATA_EXPIRED: { exit: 4, http: 422, remedy: 'Connect to the internet and try again.' },
  METADATA_ROLLBACK: {
    exit: 4,
    http: 422,
    remedy: 'Try again later; if it stays so, tell the registry: somebody may be in between.',
  },
  NOT_CURRENT: {
    exit: 4,
    http: 422,
    remedy: 'Choose a version that the registry still offers.',
  },
  CLOCK_WRONG: { exit: 4, http: 500, remedy: "Set this computer's date and time, then try again." },
  ENVELOPE_INVALID: { exit: 4, http: 422, remedy: 'Do not use this copy. Tell the registry.' },
  SIGNATURE_INVALID: { exit: 4, http: 422, remedy: 'Do not use this copy. Tell the registry.' },
  SIGNER_UNTRUSTED: {
    exit: 4,
    http: 422,
    remedy: 'Do not use this copy unless you know and trust its signer.',
  },
  RELEASE_INVALID: { exit: 4, http: 422, remedy: 'Do not use this copy. Tell the registry.' },
  DIGEST_MISMATCH: {
    exit: 4,
    http: 422,
    remedy: 'The copy was altered on its way. Try again, or tell the registry.',
  },
  ARCHIVE_UNSAFE: { exit: 4, http: 422, remedy: 'Do not use this copy. Tell the registry.' },
  PAYLOAD_MISMATCH: { exit: 4, http: 422, remedy: 'Do not use this copy. Tell the registry.' },
  TOO_LARGE: { exit: 4, http: 413, remedy: 'Ask the publisher for a smaller skill.' },
  REVOKED: { exit: 4, http: 410, remedy: 'Remove the skill and replace the keys that it used.' },
  ON_HOLD: {
    exit: 4,
    http: 410,
    remedy: 'Wait until it was looked into, or choose another skill.',
  },
  INTEGRITY_BROKEN: { exit: 4, http: 409, remedy: 'Install the skill again to restore its files.' },
  AUDIT_BROKEN: { exit: 4, http: 500, remedy: 'Keep the journal as it is and look into who changed it.' },
  INCOMPATIBLE: { exit: 5, http: 409, remedy: 'Use the suggested alternative, or another computer.' },
  SANDBOX_UNAVAILABLE: {
    exit: 5,
    http: 503,
    remedy: 'Open Settings, or run skillet doctor, to see what is missing.',
  },
  RUNNING_AS_ROOT: {
    exit: 5,
    http: 503,
    remedy: 'Start Skillet as an ordinary user, for example: sudo -u YOUR_NAME skillet …',
  },
  KEYCHAIN_UNAVAILABLE: {
    exit: 5,
    http: 503,
    remedy: 'Install and unlock a keychain, for example gnome-keyring, and try again.',
  },
  VAULT_LOCKED: {
    exit: 3,
    http: 423,
    remedy: 'Unlock your keys with their passphrase: open Keys, or run this at a terminal.',
  },
  VAULT_PASSPHRASE_WRONG: {
    exit: 3,
    http: 403,
    remedy: 'Try again. Nobody can look the passphrase up for you.',
  },
  VAULT_CUT_SHORT: {
    exit: 4,
    http: 500,
    remedy: 'Put a backup of the file back. Nothing of it was changed.',
  },
  VAULT_DAMAGED: {
    exit: 4,
    http: 500,
    remedy: 'Put a backup of the file back, or enter again what is damaged.',
  },
  VAULT_OLDER: {
    exit: 4,
    http: 409,
    remedy: 'Put the newer file back.',
  },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof table
export const errorCodes = Object.keys(table) as [ErrorCode, ...ErrorCode[]]

export function exitStatusOf(code: ErrorCode): number {
  return table[code].exit
}
export function httpStatusOf(code: ErrorCode): number {
  return table[code].http
}

/** An error as it crosses processes and appears under `--json`. */
export interface PlainError {
  code: ErrorCode
  message: string
  remedy: string
}

/**
 * The one error that Skillet throws on purpose.
 * `message` is a sentence for a person, `remedy` says what to do next, `code` is for programs.
 */
export class SkilletError extends Error {
  override readonly name = 'SkilletError'
  readonly code: ErrorCode
  readonly remedy: string

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy ?? table[code].remedy
  }

  toPlain(): PlainError {
    return { code: this.code, message: this.message, remedy: this.remedy }
  }
}

/** Anything thrown → SkilletError. What nobody foresaw becomes INTERNAL and keeps its cause. */
export function toSkilletError(error: unknown): SkilletError {
  if (error instanceof SkilletError) return error
  return new SkilletError('INTERNAL', 'Something went wrong inside Skillet.', { cause: error })
}

/** `invoke` and JSON drop custom error properties, so results cross processes as values. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: PlainError }
