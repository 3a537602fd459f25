import { useEffect, useRef, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import type { CatalogPages } from './catalog-pages.ts'

/** The foot of the list: fetches more shortly before the person gets there, and can be pressed. */
export function More({ pages }: { pages: CatalogPages }): ReactNode {
  const { hasMore, loadingMore, moreError, loadMore } = pages
  const foot = useRef<HTMLDivElement>(null)
  const load = useRef(loadMore)
  useEffect(() => {
    load.current = loadMore
  })
  useEffect(() => {
    const element = foot.current
    // After a failure it is up to the person: it would only fail again and again.
    if (element === null || !hasMore || loadingMore || moreError !== null) return undefined
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load.current()
      },
      { rootMargin: '800px' },
    )
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [hasMore, loadingMore, moreError])
  if (!hasMore) return null
  return (
    <div ref={foot} className="mt-5 flex justify-center">
      {moreError === null ? (
        <Button isPending={loadingMore} onPress={loadMore}>
          {loadingMore ? t('Loading more…') : t('Show more')}
        </Button>
      ) : (
        <ErrorNote error={moreError} onRetry={loadMore} />
      )}
    </div>
  )
}
