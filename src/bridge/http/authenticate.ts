import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Peer } from '../peer/peers.ts'
import type { Agent } from '../operations/operation.ts'
import type { Guesses } from './guesses.ts'
import { Refusal } from './refusal.ts'

/** What every request carries, once it has come through the listener. */
export interface BridgeBindings extends HttpBindings {
  /** Who is at the other end. */
  readonly peer: Peer
  /** Of the listener that the request came through: what the proof is bound to. */
  readonly address: string
  /** A token was accepted: the connection is no stranger's any more. */
  readonly known: () => void
}

export interface AuthenticatePorts {
  /** The agent of a token; null for one that isn't good, or not any more. @throws SkilletError RATE_LIMITED */
  readonly agentOf: (token: string) => Promise<Agent | null>
  readonly guesses: Guesses
}

/**
 * Who sent a request, by the token in `Authorization`, and by nothing else: what a browser adds on its own, such as a
 * cookie, is never looked at. A good token counts whatever others have guessed.
 * @throws Refusal UNAUTHORIZED, RATE_LIMITED
 */
export function createAuthenticate({ agentOf, guesses }: AuthenticatePorts) {
  return async (context: Context<{ Bindings: BridgeBindings }>): Promise<Agent> => {
    const { peer, known } = context.env
    const token = /^Bearer (\S{1,200})$/i.exec(context.req.header('authorization') ?? '')?.[1]
    const agent = token === undefined ? null : await agentOf(token)
    if (agent !== null) {
      known()
      return agent
    }
    if (token !== undefined) await guesses.wrong(peer)
    throw new Refusal(
      401,
      'UNAUTHORIZED',
      token === undefined ? 'The request carries no token.' : 'The token isn’t good, or not any more.',
      {
        remedy: 'Pair with Skillet: POST /v1/pairings.',
        headers: { 'www-authenticate': 'Bearer realm="skillet"' },
      },
    )
  }
}
