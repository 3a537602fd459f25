import type { ServerResponse } from 'node:http'
import { Refusal } from './refusal.ts'

/** Requests of one agent that are under way at once: its streams, calls that wait for the person, and some room beside them. */
const mostOfAgent = 48

/**
 * Counts what each agent has under way until it was answered, or its sender has gone, so that none takes up the bridge for
 * itself. @throws Refusal RATE_LIMITED
 */
export function createInFlight(most = mostOfAgent): (agentId: string, outgoing: ServerResponse) => void {
  const underWay = new Map<string, number>()
  return (agentId, outgoing) => {
    const count = underWay.get(agentId) ?? 0
    if (count >= most)
      throw new Refusal(429, 'RATE_LIMITED', `${most} requests of yours are still under way.`, {
        remedy: 'Wait until one of them is answered, or end one.',
        headers: { 'retry-after': '1' },
      })
    underWay.set(agentId, count + 1)
    outgoing.once('close', () => {
      const left = underWay.get(agentId)! - 1
      if (left === 0) underWay.delete(agentId)
      else underWay.set(agentId, left)
    })
  }
}
