import { SkilletError } from '../../shared/errors.ts'

/** What stands in the registry's signed lists isn't genuine, not complete or not readable. */
export function invalid(why: string, cause?: unknown): SkilletError {
  return new SkilletError('METADATA_INVALID', `The registry's signed lists can't be used: ${why}.`, { cause })
}

/** Nothing is wrong, but what is on this computer doesn't suffice and there is nobody to ask. */
export function notHere(what: string, cause?: unknown): SkilletError {
  return new SkilletError('METADATA_INVALID', `${what} is not on this computer yet.`, {
    remedy: 'Connect to the internet and try again.',
    cause,
  })
}

export function expired(until: string, cause?: unknown): SkilletError {
  return new SkilletError(
    'METADATA_EXPIRED',
    `The registry's signed lists held until ${readable(new Date(until))} and no longer do.`,
    { cause },
  )
}

export function rolledBack(cause?: unknown): SkilletError {
  return new SkilletError(
    'METADATA_ROLLBACK',
    'Somebody offered older lists of the registry than this computer has already seen.',
    { cause },
  )
}

export function clockWrong(now: Date, signedAt: Date): SkilletError {
  return new SkilletError(
    'CLOCK_WRONG',
    `This computer's clock says ${readable(now)}, but the registry signed its lists on ${readable(signedAt)}.`,
  )
}

export function rootInvalid(why: string, cause?: unknown): SkilletError {
  return new SkilletError('TRUST_ROOT_INVALID', `The trust root can't be used: ${why}.`, { cause })
}

function readable(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
