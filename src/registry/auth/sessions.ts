import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { within, type Database } from '../db/database.ts'
import type { SignInAttempt } from './github.ts'
import { digestOf, randomWord } from './key-format.ts'

/** Seconds for which a token speaks for whoever signed in; the console asks for the next one by its cookie. */
export const tokenSeconds = 600
/** Seconds after which somebody has to sign in again. */
export const sessionSeconds = 14 * 24 * 3600
/** Seconds in which a sign-in link must be opened. */
const linkSeconds = 600
/** Seconds for somebody to come back from GitHub. */
export const attemptSeconds = 600

/** Browser sessions: a long-lived word in a cookie, stored as its SHA-256, and short-lived tokens made for it. */
export interface Sessions {
  /** A new session; `word` goes into the cookie. */
  start(userId: string): Promise<{ word: string }>
  /** A word that can be exchanged once, soon, for a session: for a sign-in link. */
  invite(userId: string): Promise<{ word: string }>
  /** @throws SkilletError UNAUTHORIZED where it was used already or is too old */
  accept(invitation: string): Promise<{ word: string }>
  /** A token (JWT, RFC 7519) for the holder of the cookie. @throws SkilletError UNAUTHORIZED */
  token(word: string): Promise<{ token: string; userId: string }>
  /** Whose token this is, while the session lasts. @throws SkilletError UNAUTHORIZED */
  verify(token: string): Promise<{ userId: string }>
  /** An attempt to sign in, sealed for the browser that makes it: the server remembers nothing of those who never come back. */
  sealAttempt(attempt: SignInAttempt): Promise<string>
  /** @throws SkilletError UNAUTHORIZED for one that was not made here, or too long ago */
  openAttempt(sealed: string): Promise<SignInAttempt>
  /** Ends the session of this word, tokens included; an unknown word is none. */
  end(word: string): Promise<void>
}

const claims = z.object({ sub: z.uuid(), sid: z.uuid() })
const attemptSchema = z.object({ state: z.string(), verifier: z.string() })
/** A token for one is none for the other. */
const audience = 'skillet-console'
const attemptAudience = 'skillet-sign-in'

export function createSessions(database: Database, secret: Uint8Array): Sessions {
  const open = (userId: string, digest: string, seconds: number) =>
    within(database, { across: 'people' }, (transaction) =>
      transaction
        .insertInto('sessions')
        .values({ user_id: userId, digest, expires_at: inSeconds(seconds) })
        .execute(),
    )
  /** One that lasts, by its word. */
  const find = async (word: string) => {
    const row = await within(database, { across: 'people' }, (transaction) =>
      transaction
        .selectFrom('sessions')
        .select(['id', 'user_id'])
        .where('digest', '=', digestOf(word))
        .where('ended_at', 'is', null)
        .where('expires_at', '>', new Date())
        .executeTakeFirst(),
    )
    if (row === undefined) throw signInAgain()
    return row
  }
  return {
    async start(userId) {
      const word = randomWord()
      await open(userId, digestOf(word), sessionSeconds)
      return { word }
    },
    async invite(userId) {
      const word = randomWord()
      await open(userId, digestOfLink(word), linkSeconds)
      return { word }
    },
    async accept(invitation) {
      const word = randomWord()
      const { numUpdatedRows } = await within(database, { across: 'people' }, (transaction) =>
        transaction
          .updateTable('sessions')
          .set({ digest: digestOf(word), expires_at: inSeconds(sessionSeconds) })
          .where('digest', '=', digestOfLink(invitation))
          .where('ended_at', 'is', null)
          .where('expires_at', '>', new Date())
          .executeTakeFirst(),
      )
      if (numUpdatedRows === 0n)
        throw new SkilletError('UNAUTHORIZED', 'This link was used already, or is too old.', {
          remedy: 'Ask for another one.',
        })
      return { word }
    },
    async token(word) {
      const { id, user_id } = await find(word)
      const token = await new SignJWT({ sid: id })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(user_id)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${tokenSeconds}s`)
        .sign(secret)
      return { token, userId: user_id }
    },
    async verify(token) {
      const verified = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['exp', 'sub', 'sid'],
      }).catch((error: unknown) => {
        throw signInAgain(error)
      })
      const { sub, sid } = claims.parse(verified.payload)
      const row = await within(database, { person: sub }, (transaction) =>
        transaction
          .selectFrom('sessions')
          .select('id')
          .where('id', '=', sid)
          .where('ended_at', 'is', null)
          .executeTakeFirst(),
      )
      if (row === undefined) throw signInAgain()
      return { userId: sub }
    },
    sealAttempt: (attempt) =>
      new SignJWT({ ...attempt })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(attemptAudience)
        .setExpirationTime(`${attemptSeconds}s`)
        .sign(secret),
    async openAttempt(sealed) {
      const { payload } = await jwtVerify(sealed, secret, {
        algorithms: ['HS256'],
        audience: attemptAudience,
        requiredClaims: ['exp'],
      }).catch((error: unknown) => {
        throw new SkilletError('UNAUTHORIZED', 'This sign-in was not started here, or too long ago.', {
          remedy: 'Start again from the sign-in page.',
          cause: error,
        })
      })
      return attemptSchema.parse(payload)
    },
    async end(word) {
      await within(database, { across: 'people' }, (transaction) =>
        transaction
          .updateTable('sessions')
          .set({ ended_at: new Date() })
          .where('digest', '=', digestOf(word))
          .execute(),
      )
    },
  }
}

/** A link's word opens no session until it was exchanged, and a session's word is no link: their digests never meet. */
function digestOfLink(word: string): string {
  return digestOf(`link ${word}`)
}

function inSeconds(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000)
}

function signInAgain(cause?: unknown): SkilletError {
  return new SkilletError('UNAUTHORIZED', 'You are not signed in, or no longer.', {
    remedy: 'Sign in again.',
    cause,
  })
}
