import { z } from 'zod'
import { plainErrorSchema } from '../plain-error.ts'
import { call } from './define.ts'

const bridgeStatusSchema = z.object({
  /** Whether programs on this computer can reach Skillet at the moment. */
  isOpen: z.boolean(),
  /** What the person chose; on by default. */
  isWanted: z.boolean(),
  /** Administrators decided that agents may not reach Skillet. */
  isForbidden: z.boolean(),
  /** Where, for programs that are set up by hand: `http://127.0.0.1:PORT`. */
  url: z.string().nullable(),
  /** Why it isn't open although it is wanted: another Skillet has the place, for example. */
  problem: plainErrorSchema.nullable(),
})
export type BridgeStatus = z.infer<typeof bridgeStatusSchema>

/** Whether agents can reach Skillet at all. */
export const bridgeCalls = {
  'bridge.status': call(z.null(), bridgeStatusSchema),
  /** On: also tries again where it could not be opened. */
  'bridge.set': call(z.object({ on: z.boolean() }), bridgeStatusSchema),
}
