import { z } from 'zod'
import { agentScopes } from '../../../shared/agent-scope.ts'
import { SkilletError, toSkilletError } from '../../../shared/errors.ts'
import type { SocketClient } from './socket-client.ts'
import type { TokenFile } from './token-file.ts'

/** A call waits so long for the person before it says that they are awaited. */
const usualPatienceMs = 20_000
/** Seconds of one question whether the person has answered. */
const waitS = 60

const askedSchema = z.object({ id: z.string(), secret: z.string(), code: z.string() })
const collectedSchema = z.object({
  state: z.enum(['pending', 'denied', 'expired', 'approved']),
  token: z.string().optional(),
})

/** Asks the person to let this agent connect; one question at a time. */
export interface Pairing {
  /**
   * The token, as soon as there is one.
   * @throws SkilletError UNAUTHORIZED with the code, while the person is still awaited; PERMISSION_DENIED
   */
  token(signal: AbortSignal): Promise<string>
}

export function createPairing(
  bridge: SocketClient,
  {
    name,
    file,
    onToken,
    patienceMs = usualPatienceMs,
  }: { name: string; file: TokenFile; onToken: () => void; patienceMs?: number },
): Pairing {
  let current: { code: string; token: Promise<string> } | null = null

  async function ask(): Promise<{ code: string; token: Promise<string> }> {
    const { id, secret, code } = askedSchema.parse(
      await bridge.post('/v1/pairings', { name, scopes: agentScopes }),
    )
    const token = collect(id, secret).finally(() => (current = null))
    // Told to whoever waits; the next call asks anew.
    token.catch(() => undefined)
    return { code, token }
  }

  async function collect(id: string, secret: string): Promise<string> {
    for (;;) {
      const { state, token } = collectedSchema.parse(
        await bridge.post(`/v1/pairings/${id}/token`, { secret, waitS }),
      )
      if (state === 'pending') continue
      if (token === undefined)
        throw state === 'denied'
          ? new SkilletError('PERMISSION_DENIED', 'The person did not let this agent connect to Skillet.', {
              remedy: 'Ask the person; they can allow it in Skillet when you ask again.',
            })
          : new SkilletError('UNAUTHORIZED', 'Nobody answered in Skillet in time.', {
              remedy: 'Ask the person to open Skillet, then try again.',
            })
      await file.write(token)
      onToken()
      return token
    }
  }

  return {
    async token(signal) {
      current ??= await ask()
      const { code, token } = current
      return new Promise((resolve, reject) => {
        const waiting = () =>
          reject(
            new SkilletError(
              'UNAUTHORIZED',
              `Skillet asks the person whether this agent may connect. The code is ${code.slice(0, 3)} ${code.slice(3)}.`,
              { remedy: 'Tell the person to compare the code in Skillet and to answer, then call again.' },
            ),
          )
        const timer = setTimeout(waiting, patienceMs)
        const stop = () => reject(new SkilletError('CANCELLED', 'The call was cancelled.'))
        signal.addEventListener('abort', stop)
        token
          .then(resolve, (error: unknown) => reject(toSkilletError(error)))
          .finally(() => {
            clearTimeout(timer)
            signal.removeEventListener('abort', stop)
          })
      })
    },
  }
}
