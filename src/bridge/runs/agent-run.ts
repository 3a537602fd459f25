import { z } from 'zod'
import { slugSchema } from '../../shared/identifiers.ts'
import { plainErrorSchema } from '../../shared/plain-error.ts'
import { receiptSchema, runResultSchema } from '../../shared/receipt.ts'

/** What an agent learns of what a run did: of files, only those in what the agent itself gave to it. */
const agentReceiptSchema = receiptSchema.pick({
  read: true,
  written: true,
  contacted: true,
  refused: true,
  memoryMb: true,
  requests: true,
  bytesOut: true,
  bytesIn: true,
  redacted: true,
})

export const agentRunSchema = z.object({
  runId: z.string(),
  slug: slugSchema,
  state: z
    .enum(['running', 'ended', 'refused'])
    .describe('ended: result says how; refused: it never started, error says why.'),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  result: runResultSchema.omit({ receipt: true }).extend({ receipt: agentReceiptSchema }).nullable(),
  error: plainErrorSchema.nullable(),
})
export type AgentRun = z.infer<typeof agentRunSchema>
