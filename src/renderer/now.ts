import { useEffect, useState } from 'react'

const minuteMs = 60_000

/** The time, followed as closely as words such as "2 minutes ago" need it, and to the moment at which something ends. */
export function useNow(ends: string | null = null): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const left = ends === null ? minuteMs : new Date(ends).getTime() - Date.now()
    const timer = setTimeout(() => setNow(new Date()), left > 0 ? Math.min(left + 1, minuteMs) : minuteMs)
    return () => clearTimeout(timer)
  }, [ends, now])
  return now
}
