import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react'
import { emptyDraft, ReportDialog, type Draft, type ReportTarget } from './report-dialog.tsx'

const ReportContext = createContext<((target: ReportTarget) => void) | null>(null)

/** Opens the dialog in which a person tells the registry of a problem with a skill. */
export function useReport(): (target: ReportTarget) => void {
  const open = useContext(ReportContext)
  if (open === null) throw new Error('ReportProvider is missing above this component')
  return open
}

export function ReportProvider({ children }: { children: ReactNode }): ReactNode {
  const [target, setTarget] = useState<ReportTarget | null>(null)
  // What was written and not sent is there when the dialog opens again.
  const drafts = useRef(new Map<string, Draft>())
  const open = useCallback((one: ReportTarget) => setTarget(one), [])
  return (
    <ReportContext value={open}>
      {children}
      {target === null ? null : (
        <ReportDialog
          target={target}
          draft={drafts.current.get(target.slug) ?? emptyDraft}
          onClose={(left) => {
            if (left === null) drafts.current.delete(target.slug)
            else drafts.current.set(target.slug, left)
            setTarget(null)
          }}
        />
      )}
    </ReportContext>
  )
}
