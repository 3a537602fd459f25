import type { StaffRole } from '../../src/registry/auth/scopes.ts'

/** An answer's body as JSON: what is in it is what a test looks at. */
// oxlint-disable-next-line typescript/no-explicit-any
type Body = any

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** Sends a request to a registry as a browser or another program would, with `who` as headers. */
export async function call(
  url: string,
  method: string,
  path: string,
  who: Record<string, string> = {},
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...who },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as Body),
  }
}

/** What a browser sends of its own with requests of the console's pages. */
export function fromConsole(url: string): Record<string, string> {
  return { origin: url, 'sec-fetch-site': 'same-origin' }
}

/** A cookie as a browser sends it back. */
export function cookieOf(response: Response, name: string): string | undefined {
  return response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0]
}

/** The token that the console gets for the cookie of somebody signed in. */
export async function tokenOf(url: string, cookie: string): Promise<string> {
  const answer = await call(url, 'POST', '/auth/token', { cookie, ...fromConsole(url) })
  if (answer.status !== 200) throw new Error(`No token: ${JSON.stringify(answer.body)}`)
  return answer.body.token as string
}

/** Signs somebody in by an administrator's link; the headers are what the console sends with each call. */
export async function signInByLink(
  url: string,
  adminKey: string,
  login: string,
  role: StaffRole | null = null,
): Promise<Record<string, string>> {
  const { body } = await call(url, 'POST', '/api/people', { 'x-api-key': adminKey }, { login, role })
  const word = (body.link as string).split('/').at(-1)
  const opened = await fetch(`${url}/auth/link`, {
    method: 'POST',
    headers: { ...fromConsole(url), 'content-type': 'application/json' },
    body: JSON.stringify({ word }),
  })
  return { authorization: `Bearer ${await tokenOf(url, cookieOf(opened, 'skillet') ?? '')}` }
}
