import { useEffect, useState, type ComponentType, type ReactNode } from 'react'

/** A part of the window in a file of its own. It draws nothing until that file is there. */
export interface LatePart<P extends object> {
  /** `onShown` runs each time after the part itself was drawn. */
  (props: P & { onShown?: () => void }): ReactNode
  /** Fetches the file; from then on the part is drawn at once. A failure is forgotten, so that the next call tries again. */
  load: () => Promise<void>
}

/**
 * Keeps a part out of what the window has to read before its first page. Unlike React's own `lazy`, one that is there
 * already is drawn in the same turn, and one that isn't never holds up what is drawn around it.
 */
export function late<P extends object>(fetchPart: () => Promise<ComponentType<P>>): LatePart<P> {
  let Part: ComponentType<P> | null = null
  let coming: Promise<void> | null = null
  const load = () =>
    (coming ??= fetchPart().then(
      (fetched) => void (Part = fetched),
      (error: unknown) => {
        coming = null
        throw error
      },
    ))
  const Late = (props: P & { onShown?: () => void }) => {
    const [isHere, setIsHere] = useState(Part !== null)
    const [failure, setFailure] = useState<{ error: unknown } | null>(null)
    const { onShown } = props
    useEffect(() => {
      if (isHere) onShown?.()
      else
        load().then(
          () => setIsHere(true),
          (error: unknown) => setFailure({ error }),
        )
    }, [isHere, onShown])
    // For the page's boundary, which says so and offers to start again.
    if (failure !== null) throw failure.error
    return Part === null ? null : <Part {...props} />
  }
  return Object.assign(Late, { load })
}

/** Fetches parts one after the other, each when the window has nothing else to do. */
export function loadWhenIdle([part, ...others]: readonly Pick<LatePart<object>, 'load'>[]): void {
  if (part === undefined) return
  const load = async () => {
    // Whoever opens the part tries again, and hears why it can't be shown.
    await part.load().catch(() => undefined)
    loadWhenIdle(others)
  }
  requestIdleCallback(() => void load(), { timeout: 2000 })
}
