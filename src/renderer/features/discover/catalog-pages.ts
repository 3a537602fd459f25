import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { ask, useBridge, type CallFailed, type CallOutput } from '../../bridge.ts'
import type { Filter } from './filter.ts'

const pageSize = 60
/** How long the person has to pause in typing before the catalog is asked. */
const typingPauseMs = 120

type Page = CallOutput<'catalog.search'>
type Pages = InfiniteData<Page, number>

export interface CatalogPages {
  skills: readonly SkillSummary[]
  /** The place in the catalog of the page that a skill came with, for `onVisible`. */
  offsetOf: (slug: string) => number
  /** These pages' offsets are on the screen now. News refetches them and the first one; the rest when they are looked at. */
  onVisible: (offsets: ReadonlySet<number>) => void
  /** How many match in all; null while nobody knows. */
  total: number | null
  error: CallFailed | null
  retry: () => Promise<unknown>
  hasMore: boolean
  loadingMore: boolean
  /** Failed only with the next page; what is there stays. */
  moreError: CallFailed | null
  loadMore: () => void
}

/** What matches a filter, page after page. While a new answer is on its way the earlier one stays; a late answer to an earlier question is dropped. */
export function useCatalogPages(filter: Filter): CatalogPages {
  const bridge = useBridge()
  const client = useQueryClient()
  const text = useSettled(filter.text)
  const asked = { ...filter, text }
  const queryKey = ['catalog.search', 'pages', asked]
  const visible = useRef<ReadonlySet<number>>(new Set())
  /** Pages that were out of sight when the catalog was asked anew, and so may be old. */
  const kept = useRef(new Set<number>())
  const found = useInfiniteQuery<Page, CallFailed, Pages, readonly unknown[], number>({
    queryKey,
    queryFn: ({ pageParam }) => {
      const before = client.getQueryData<Pages>(queryKey)
      const known = before?.pages[before.pageParams.indexOf(pageParam)]
      if (known !== undefined && pageParam > 0 && !visible.current.has(pageParam)) {
        kept.current.add(pageParam)
        return known
      }
      kept.current.delete(pageParam)
      return ask(bridge, 'catalog.search', { ...asked, offset: pageParam, limit: pageSize })
    },
    initialPageParam: 0,
    getNextPageParam: ({ skills, total }, _pages, offset) =>
      skills.length > 0 && offset + skills.length < total ? offset + skills.length : undefined,
    placeholderData: keepPreviousData,
    // Each word that was half typed would be kept for minutes.
    gcTime: 60_000,
    // Coming back to the window must not ask for every page that was ever scrolled to.
    refetchOnWindowFocus: false,
  })
  const { refetch } = found
  const onVisible = useCallback(
    (offsets: ReadonlySet<number>) => {
      visible.current = offsets
      if ([...offsets].some((offset) => kept.current.has(offset))) void refetch()
    },
    [refetch],
  )
  const pages = found.data?.pages ?? []
  const offsets = new Map(
    pages.flatMap((page, index) =>
      page.skills.map(({ slug }) => [slug, found.data?.pageParams[index] ?? 0] as const),
    ),
  )
  return {
    skills: withoutRepeats(pages.flatMap((page) => page.skills)),
    offsetOf: (slug) => offsets.get(slug) ?? 0,
    onVisible,
    // The first page is always asked anew.
    total: pages[0]?.total ?? null,
    error: found.data === undefined ? found.error : null,
    retry: () => found.refetch(),
    hasMore: found.hasNextPage,
    loadingMore: found.isFetchingNextPage,
    moreError: found.isFetchNextPageError ? found.error : null,
    loadMore: () => {
      if (!found.isFetchingNextPage) void found.fetchNextPage()
    },
  }
}

/** The catalog may change between two pages and move a skill from one to the other. */
function withoutRepeats(skills: readonly SkillSummary[]): SkillSummary[] {
  return [...new Map(skills.map((skill) => [skill.slug, skill])).values()]
}

/** Follows text once it has stood still for a moment; an empty one at once. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : typingPauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return text === '' ? '' : settled
}
