import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Pairing, WaitingRequest } from '../../../shared/agent-access.ts'
import { useBridge } from '../../bridge.ts'
import { refresh, useCall } from '../../query.ts'

/** Something that an agent waits for: to be connected, an install, a run. */
export type Asked = Pairing | WaitingRequest

export function isPairing(asked: Asked): asked is Pairing {
  return 'code' in asked
}

/** What waits for an answer, agents that want to connect first; followed as it comes and goes. */
export function useWaiting(): readonly Asked[] {
  const bridge = useBridge()
  const client = useQueryClient()
  const { data } = useCall('agentAccess.waiting', null)
  const all = data === undefined ? [] : [...data.pairings, ...data.requests]
  useEffect(
    () =>
      bridge.on('agentAccess.changed', () => {
        void refresh(client, ['agentAccess.waiting', 'agentAccess.list', 'audit.list'])
      }),
    [bridge, client],
  )
  const ends = all.map(({ expiresAt }) => Date.parse(expiresAt)).sort((a, b) => a - b)[0]
  useEffect(() => {
    if (ends === undefined) return undefined
    // A day at most: browsers take longer times for none at all.
    const left = Math.min(Math.max(ends - Date.now(), 0) + 50, 86_400_000)
    const timer = setTimeout(() => void refresh(client, ['agentAccess.waiting']), left)
    return () => clearTimeout(timer)
  }, [ends, client])
  return all
}
