import { useEffect, useState } from 'react'

/** Milliseconds since `startedAt`, renewed ten times a second while `running`. */
export function useElapsedMs(startedAt: number, running: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!running) return undefined
    const timer = setInterval(() => setNow(Date.now()), 100)
    return () => clearInterval(timer)
  }, [running, startedAt])
  return Math.max(0, now - startedAt)
}
