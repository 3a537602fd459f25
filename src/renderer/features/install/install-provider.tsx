import { createContext, useContext, useState, type ReactNode } from 'react'
import { useAnnounce } from '../../ui/announce.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { InstallDialog } from './install-dialog.tsx'
import type { Outcome } from './install-flow.ts'

interface Target {
  slug: string
  title: string
}

const InstallContext = createContext<((target: Target) => void) | null>(null)

/** Opens the install dialog for a skill. */
export function useInstall(): (target: Target) => void {
  const open = useContext(InstallContext)
  if (open === null) throw new Error('InstallProvider is missing above this component')
  return open
}

export function InstallProvider({ children }: { children: ReactNode }): ReactNode {
  const [target, setTarget] = useState<Target | null>(null)
  const notify = useNotice()
  const announce = useAnnounce()
  const closed = (outcome: Outcome) => {
    if (target === null) return
    setTarget(null)
    if (outcome === 'installed') announce(`${target.title} is in your Library`)
    if (outcome === 'refused')
      notify({ text: `${target.title} was not installed. Skillet will remember your answer.` })
    if (outcome === 'cancelled') announce('Nothing was installed')
  }
  return (
    <InstallContext value={setTarget}>
      {children}
      {target === null ? null : <InstallDialog key={target.slug} target={target} onClose={closed} />}
    </InstallContext>
  )
}
