import type { HttpBindings } from '@hono/node-server'
import { SkilletError } from '../../shared/errors.ts'
import type { Tokens } from '../access/tokens.ts'
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
  readonly tokens: Pick<Tokens, 'verify'>
  readonly guesses: Guesses
  /** Counts one request of an agent's. @throws Refusal RATE_LIMITED */
  readonly pace: (agentId: string) => void
  /** Counts it until it is answered. @throws Refusal RATE_LIMITED */
  readonly inFlight: (agentId: string, outgoing: HttpBindings['outgoing']) => void
}

/**
 * Who sent a request, by the token in `Authorization`, and by nothing else: what a browser adds on its own, such as a
 * cookie, is never looked at. A good token counts whatever others have guessed.
 * @throws Refusal UNAUTHORIZED, RATE_LIMITED
 */
export function createAuthenticate({ tokens, guesses, pace, inFlight }: AuthenticatePorts) {
  return async ({ peer, known, incoming, outgoing }: BridgeBindings): Promise<Agent> => {
    const token = /^Bearer (\S{1,200})$/i.exec(incoming.headers.authorization ?? '')?.[1]
    if (token === undefined) throw unauthorized('The request carries no token.')
    try {
      const agent = await tokens.verify(token)
      known()
      pace(agent.id)
      inFlight(agent.id, outgoing)
      return agent
    } catch (error) {
      if (!(error instanceof SkilletError) || error.code !== 'UNAUTHORIZED') throw error
      await guesses.wrong(peer)
      throw unauthorized(error.message)
    }
  }
}

function unauthorized(message: string): Refusal {
  return new Refusal(401, 'UNAUTHORIZED', message, {
    remedy: 'Ask to be connected: POST /v1/pairings.',
    headers: { 'www-authenticate': 'Bearer realm="skillet"' },
  })
}
