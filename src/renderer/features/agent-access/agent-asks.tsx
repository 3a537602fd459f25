import { useState, type ReactNode } from 'react'
import { lateParts } from '../../late-parts.ts'
import { useIsDialogOpen } from '../../ui/dialog.tsx'
import { isPairing, useWaiting } from './waiting.ts'

/**
 * Asks the person what an agent waits for, wherever in the app they are: one question at a time, and none on top of another
 * decision. What is put off waits under Agents.
 */
export function AgentAsks(): ReactNode {
  const waiting = useWaiting()
  const busy = useIsDialogOpen()
  const [shown, setShown] = useState<string | null>(null)
  const [putOff, setPutOff] = useState<ReadonlySet<string>>(new Set())
  const asked = waiting.find(({ id }) => id === shown)
  const next = waiting.find(({ id }) => !putOff.has(id))?.id ?? null
  if (asked === undefined && !busy && next !== shown) setShown(next)
  if (asked === undefined) return null
  const later = () => {
    setPutOff((earlier) => new Set([...earlier, asked.id]))
    setShown(null)
  }
  return isPairing(asked) ? (
    <lateParts.PairingDialog key={asked.id} pairing={asked} onClose={later} />
  ) : (
    <lateParts.RequestDialog key={asked.id} request={asked} onClose={later} />
  )
}
