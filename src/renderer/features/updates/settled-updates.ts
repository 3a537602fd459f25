import { useEffect } from 'react'
import { useCall } from '../../query.ts'
import { updatable } from './updatable.ts'
import { useUpdateSessions } from './update-sessions.ts'

/** An update that waits for an answer waits no longer than the Library has it: whatever came of it, from wherever. */
export function SettledUpdates(): null {
  const sessions = useUpdateSessions()
  const { data } = useCall('library.list', null)
  useEffect(() => {
    if (data !== undefined) sessions.settle(updatable(data))
  }, [sessions, data])
  return null
}
