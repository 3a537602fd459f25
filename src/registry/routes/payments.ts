import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { applyPayment, paymentEvent, verifyPayment } from '../auth/entitlements.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { parseInput } from '../http/errors.ts'
import { readBytes } from '../http/request-body.ts'
import type { Dependencies } from './dependencies.ts'

/** Where a payment provider tells who is entitled to what. */
export function addPayments(add: AddEndpoint, { database, paymentSecret }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/webhooks/payments',
      tag: 'Administration',
      summary:
        'Takes in what a payment provider tells, signed in `x-payment-signature`; each event counts once.',
      access: 'public',
      accepts: 'application/json',
      answer: z.object({ applied: z.boolean() }),
    },
    async ({ context }) => {
      if (paymentSecret === null)
        throw new SkilletError('NOT_FOUND', 'No payment provider is set up here.', {
          remedy: 'Start the registry with SKILLET_PAYMENT_SECRET.',
        })
      const bytes = await readBytes(context, 64 * 1024, 'The request is too large.')
      verifyPayment(bytes, context.req.header('x-payment-signature'), paymentSecret, Date.now())
      let said: unknown
      try {
        said = JSON.parse(Buffer.from(bytes).toString('utf8'))
      } catch (error) {
        throw new SkilletError('INPUT_INVALID', 'The request is not JSON.', { cause: error })
      }
      return { applied: await applyPayment(database, parseInput(paymentEvent, said)) }
    },
  )
}
