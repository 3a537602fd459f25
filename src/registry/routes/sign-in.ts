import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { attemptSeconds, sessionSeconds, tokenSeconds } from '../auth/sessions.ts'
import { signInPerson } from '../auth/people.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const callbackPath = '/auth/github/callback'

/**
 * Signing in to the console: through GitHub, or by a link that an administrator made. The cookie's word never reaches a
 * script; what the console sends with each call is a token that it gets for the cookie, from its own pages alone.
 */
export function addSignIn(add: AddEndpoint, ports: Dependencies): void {
  const { database, sessions, github, url } = ports

  add(
    {
      method: 'get',
      path: '/auth/ways',
      tag: 'Signing in',
      summary: 'How somebody can sign in here.',
      access: 'public',
      answer: z.object({ github: z.boolean() }),
    },
    async () => ({ github: github !== null }),
  )

  add(
    {
      method: 'get',
      path: '/auth/github',
      tag: 'Signing in',
      summary: 'Sends the browser to GitHub.',
      access: 'public',
      limit: 'signIn',
      produces: 'text/html',
    },
    async ({ context }) => {
      if (github === null) throw noGitHub()
      const { url: there, attempt } = await github.begin(url() + callbackPath)
      // Lax: it must come along when GitHub sends the browser back.
      setCookie(context, attemptCookie(url()), await sessions.sealAttempt(attempt), {
        ...cookieOptions(url()),
        sameSite: 'Lax',
        maxAge: attemptSeconds,
      })
      return context.redirect(there)
    },
  )

  add(
    {
      method: 'get',
      path: callbackPath,
      tag: 'Signing in',
      summary: 'Where GitHub sends the browser back to.',
      access: 'public',
      limit: 'signIn',
      produces: 'text/html',
    },
    async ({ context }) => {
      if (github === null) throw noGitHub()
      const sealed = getCookie(context, attemptCookie(url())) ?? ''
      deleteCookie(context, attemptCookie(url()), cookieOptions(url()))
      const attempt = await sessions.openAttempt(sealed)
      // The address as browsers see it: behind a proxy, the server's own is another.
      const answer = new URL(url() + callbackPath)
      answer.search = new URL(context.req.url).search
      const identity = await github.finish(answer, url() + callbackPath, attempt)
      const { word } = await sessions.start(await signInPerson(database, identity))
      keepWord(context, url(), word)
      return context.redirect('/console/')
    },
  )

  add(
    {
      method: 'post',
      path: '/auth/link',
      tag: 'Signing in',
      summary: 'Signs in with the word of a link, once.',
      access: 'public',
      limit: 'signIn',
      body: z.strictObject({ word: z.string().max(100) }),
      status: 204,
    },
    async ({ context, body }) => {
      assertOwnPage(context, url())
      const { word } = await sessions.accept(body.word)
      keepWord(context, url(), word)
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'post',
      path: '/auth/token',
      tag: 'Signing in',
      summary: 'A token for the calls of the console, by the cookie of whoever signed in.',
      access: 'public',
      limit: 'call',
      answer: z.object({ token: z.string(), expiresIn: z.number() }),
    },
    async ({ context }) => {
      assertOwnPage(context, url())
      const { token } = await sessions.token(getCookie(context, sessionCookie(url())) ?? '')
      context.header('cache-control', 'no-store')
      return { token, expiresIn: tokenSeconds }
    },
  )

  add(
    {
      method: 'post',
      path: '/auth/sign-out',
      tag: 'Signing in',
      summary: 'Ends the session, tokens included.',
      access: 'public',
      limit: 'call',
      status: 204,
    },
    async ({ context }) => {
      assertOwnPage(context, url())
      await sessions.end(getCookie(context, sessionCookie(url())) ?? '')
      deleteCookie(context, sessionCookie(url()), cookieOptions(url()))
      return context.body(null, 204)
    },
  )
}

/** What a browser sends of its own with a page's request: another site's page can't make it look like ours. */
function assertOwnPage(context: Context, url: string): void {
  const origin = context.req.header('origin')
  const site = context.req.header('sec-fetch-site')
  if (origin === new URL(url).origin && (site === undefined || site === 'same-origin')) return
  throw new SkilletError('FORBIDDEN', 'This must come from a page of the console.', {
    remedy: 'Open the console itself.',
  })
}

function keepWord(context: Context, url: string, word: string): void {
  setCookie(context, sessionCookie(url), word, { ...cookieOptions(url), maxAge: sessionSeconds })
}

function cookieOptions(url: string) {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: url.startsWith('https:') } as const
}

/** `__Host-` holds browsers to this very host and to encryption, where there is any. */
function sessionCookie(url: string): string {
  return url.startsWith('https:') ? '__Host-skillet' : 'skillet'
}
function attemptCookie(url: string): string {
  return url.startsWith('https:') ? '__Host-skillet-sign-in' : 'skillet-sign-in'
}

function noGitHub(): SkilletError {
  return new SkilletError('NOT_FOUND', 'Nobody signs in through GitHub here.', {
    remedy: 'Ask an administrator of the registry for a sign-in link.',
  })
}
