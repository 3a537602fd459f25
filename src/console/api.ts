import type { ErrorCode, PlainError } from '../shared/errors.ts'
import { t } from '../shared/i18n/t.ts'

/** A call that was answered with a refusal, or not at all: `message` and `remedy` are sentences for a person. */
export class ApiFailed extends Error {
  override readonly name = 'ApiFailed'
  readonly code: ErrorCode
  readonly remedy: string
  constructor({ code, message, remedy }: PlainError, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.remedy = remedy
  }
}

/** Anything thrown → ApiFailed, for showing. */
export function toApiFailed(error: unknown): ApiFailed {
  if (error instanceof ApiFailed) return error
  return new ApiFailed(
    { code: 'INTERNAL', message: t('Something went wrong on this page.'), remedy: t('Load the page again.') },
    error,
  )
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The registry, for whoever is signed in in this browser. Everything throws `ApiFailed`. */
export interface Api {
  /** The account that calls are for; null: the first that the person belongs to. Kept in this browser. */
  account(): string | null
  choose(account: string | null): void
  /** JSON in, JSON out; null where nothing comes back. A `Blob` is sent as it is. */
  call<T>(method: Method, path: string, body?: unknown): Promise<T>
  /** Calls that need no sign-in, such as those that sign in. */
  open<T>(method: Method, path: string, body?: unknown): Promise<T>
  signOut(): Promise<void>
}

const accountItem = 'skillet.account'
/** A token is replaced this long before it ends, so that none ends on its way. */
const spareMs = 60_000

/**
 * Talks to the registry that the page came from. The cookie of the sign-in is out of a script's reach; each call carries
 * a token that is asked for with it and kept in memory alone.
 */
export function createApi(
  send: (input: string, init: RequestInit) => Promise<Response>,
  kept: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): Api {
  let token: { word: string; until: number } | null = null
  let asking: Promise<string> | null = null

  const request = async (
    method: Method,
    path: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Response> => {
    const bytes = body instanceof Blob
    const response = await send(path, {
      method,
      credentials: 'same-origin',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/gzip' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new ApiFailed(
        {
          code: 'REGISTRY_UNREACHABLE',
          message: t('The registry does not answer.'),
          remedy: t('Check your connection, then try again.'),
        },
        error,
      )
    })
    if (response.ok) return response
    throw await refusal(response)
  }

  const open = async <T>(method: Method, path: string, body?: unknown): Promise<T> =>
    read<T>(await request(method, path, {}, body))

  const tokenNow = (): Promise<string> => {
    if (token !== null && token.until > Date.now()) return Promise.resolve(token.word)
    asking ??= open<{ token: string; expiresIn: number }>('POST', '/auth/token')
      .then((answer) => {
        token = { word: answer.token, until: Date.now() + answer.expiresIn * 1000 - spareMs }
        return answer.token
      })
      .finally(() => (asking = null))
    return asking
  }

  return {
    account: () => kept.getItem(accountItem),
    choose(account) {
      if (account === null) kept.removeItem(accountItem)
      else kept.setItem(accountItem, account)
    },
    async call<T>(method: Method, path: string, body?: unknown) {
      const account = kept.getItem(accountItem)
      const headers = {
        authorization: `Bearer ${await tokenNow()}`,
        ...(account === null ? {} : { 'x-skillet-account': account }),
      }
      return read<T>(
        await request(method, path, headers, body).catch((error: unknown) => {
          // Signed out elsewhere, for example: the next call asks anew.
          if (toApiFailed(error).code === 'UNAUTHORIZED') token = null
          throw error
        }),
      )
    },
    open,
    async signOut() {
      token = null
      kept.removeItem(accountItem)
      await request('POST', '/auth/sign-out', {}, undefined)
    },
  }
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text()
  return (text === '' ? null : JSON.parse(text)) as T
}

async function refusal(response: Response): Promise<ApiFailed> {
  const body = (await response.json().catch(() => null)) as { error?: PlainError } | null
  return new ApiFailed(
    body?.error ?? {
      code: 'REGISTRY_REFUSED',
      message: t('The registry answered with an error ({{status}}).', { status: String(response.status) }),
      remedy: t('Try again later.'),
    },
  )
}
