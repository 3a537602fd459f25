import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react'
import { useAnnounce } from '../../ui/announce.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { InstallDialog } from './install-dialog.tsx'
import type { InstallTarget, Outcome } from './install-flow.ts'

interface Installing {
  open: (target: InstallTarget) => void
  /** The dialog is on the screen. */
  busy: boolean
}

const InstallContext = createContext<Installing | null>(null)

function useInstalling(): Installing {
  const installing = useContext(InstallContext)
  if (installing === null) throw new Error('InstallProvider is missing above this component')
  return installing
}

/** Opens the install dialog. */
export function useInstall(): (target: InstallTarget) => void {
  return useInstalling().open
}

/** Whether an install dialog is open: there is never a second one. */
export function useIsInstalling(): boolean {
  return useInstalling().busy
}

export function InstallProvider({ children }: { children: ReactNode }): ReactNode {
  const [opened, setOpened] = useState<{ target: InstallTarget; turn: number } | null>(null)
  const notify = useNotice()
  const announce = useAnnounce()
  const turns = useRef(0)
  const open = useCallback((target: InstallTarget) => setOpened({ target, turn: (turns.current += 1) }), [])
  const closed = (outcome: Outcome, title: string) => {
    setOpened(null)
    if (outcome === 'installed') announce(`${title} is in your Library`)
    if (outcome === 'refused')
      notify({ text: `${title} was not installed. Skillet will remember your answer.` })
    if (outcome === 'kept') notify({ text: `${title} stays as it is. Skillet will remember your answer.` })
    if (outcome === 'cancelled') announce('Nothing was installed')
  }
  return (
    <InstallContext value={{ open, busy: opened !== null }}>
      {children}
      {opened === null ? null : <InstallDialog key={opened.turn} target={opened.target} onClose={closed} />}
    </InstallContext>
  )
}
