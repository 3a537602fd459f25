import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react'
import { lateParts } from '../../late-parts.ts'
import type { Draft, ReportTarget } from './report-dialog.tsx'

const emptyDraft: Draft = { kind: null, words: '', contact: '' }

const ReportContext = createContext<((target: ReportTarget) => void) | null>(null)

/** Opens the dialog in which a person tells the registry of a problem with a skill. */
export function useReport(): (target: ReportTarget) => void {
  const open = useContext(ReportContext)
  if (open === null) throw new Error('ReportProvider is missing above this component')
  return open
}

export function ReportProvider({ children }: { children: ReactNode }): ReactNode {
  const [opened, setOpened] = useState<{ target: ReportTarget; draft: Draft } | null>(null)
  // What was written and not sent is there when the dialog opens again.
  const drafts = useRef(new Map<string, Draft>())
  const open = useCallback((target: ReportTarget) => {
    setOpened({ target, draft: drafts.current.get(target.slug) ?? emptyDraft })
  }, [])
  const close = (slug: string, left: Draft | null) => {
    if (left === null) drafts.current.delete(slug)
    else drafts.current.set(slug, left)
    setOpened(null)
  }
  return (
    <ReportContext value={open}>
      {children}
      {opened === null ? null : (
        <lateParts.ReportDialog {...opened} onClose={(left) => close(opened.target.slug, left)} />
      )}
    </ReportContext>
  )
}
