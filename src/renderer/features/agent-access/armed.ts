import { useEffect, useState } from 'react'

/** A question that comes of itself may come under a finger that is just about to press something else. */
const restMs = 500

/** False for half a second after it comes up, and each time the window comes to the front again. */
export function useArmed(): boolean {
  const [armed, setArmed] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const rest = () => {
      clearTimeout(timer)
      setArmed(false)
      timer = setTimeout(() => setArmed(true), restMs)
    }
    rest()
    window.addEventListener('focus', rest)
    document.addEventListener('visibilitychange', rest)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('focus', rest)
      document.removeEventListener('visibilitychange', rest)
    }
  }, [])
  return armed
}
