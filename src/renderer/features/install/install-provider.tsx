import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { lateParts } from '../../late-parts.ts'
import { useAnnounce } from '../../ui/announce.tsx'
import { useNotice } from '../../ui/toast.tsx'
import type { InstallTarget, Outcome } from './install-flow.ts'

/** `onClosed` hears how it ended. */
type OpenInstall = (target: InstallTarget, onClosed?: (outcome: Outcome) => void) => boolean

const InstallContext = createContext<OpenInstall | null>(null)

/** Opens the install dialog. False where one is open already: it stays, whatever the person is about to answer there. */
export function useInstall(): OpenInstall {
  const open = useContext(InstallContext)
  if (open === null) throw new Error('InstallProvider is missing above this component')
  return open
}

export function InstallProvider({ children }: { children: ReactNode }): ReactNode {
  const [opened, setOpened] = useState<{
    target: InstallTarget
    turn: number
    onClosed: ((outcome: Outcome) => void) | undefined
  } | null>(null)
  const notify = useNotice()
  const announce = useAnnounce()
  const turns = useRef(0)
  const busy = useRef(false)
  const open = useCallback<OpenInstall>((target, onClosed) => {
    if (busy.current) return false
    busy.current = true
    setOpened({ target, turn: (turns.current += 1), onClosed })
    return true
  }, [])
  const closed = (outcome: Outcome, title: string) => {
    busy.current = false
    setOpened(null)
    opened?.onClosed?.(outcome)
    if (outcome === 'installed') announce(t('{{title}} is in your Library', { title }))
    if (outcome === 'refused')
      notify({ text: t('{{title}} was not installed. Skillet will remember your answer.', { title }) })
    if (outcome === 'kept')
      notify({ text: t('{{title}} stays as it is. Skillet will remember your answer.', { title }) })
    if (outcome === 'cancelled') announce(t('Nothing was installed'))
  }
  return (
    <InstallContext value={open}>
      {children}
      {opened === null ? null : (
        <lateParts.InstallDialog key={opened.turn} target={opened.target} onClose={closed} />
      )}
    </InstallContext>
  )
}
