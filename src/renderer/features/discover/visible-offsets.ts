import { useCallback, useEffect, useRef } from 'react'

/** `content` changes with what is in the list. Says which values of `data-offset` are on the screen, of the list that the result is given to as its ref. */
export function useVisibleOffsets(
  content: string,
  onVisible: (offsets: ReadonlySet<number>) => void,
): (list: HTMLElement | null) => void {
  const list = useRef<HTMLElement | null>(null)
  useEffect(() => {
    const shown = new Set<Element>()
    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) shown.add(target)
        else shown.delete(target)
      }
      onVisible(new Set([...shown].map((element) => Number((element as HTMLElement).dataset['offset']))))
    })
    for (const element of list.current?.children ?? []) watcher.observe(element)
    return () => watcher.disconnect()
  }, [content, onVisible])
  return useCallback((found) => {
    list.current = found
  }, [])
}
