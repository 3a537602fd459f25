import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { ask, useBridge, type CallFailed, type CallOutput } from '../../bridge.ts'
import type { Filter } from './filter.ts'

const pageSize = 60
/** How long the person has to pause in typing before the catalog is asked. */
const typingPauseMs = 120

type Page = CallOutput<'catalog.search'>

export interface CatalogPages {
  skills: readonly SkillSummary[]
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
  const text = useSettled(filter.text)
  const asked = { ...filter, text }
  const found = useInfiniteQuery<Page, CallFailed, { pages: Page[] }, readonly unknown[], number>({
    queryKey: ['catalog.search', 'pages', asked],
    queryFn: ({ pageParam }) =>
      ask(bridge, 'catalog.search', { ...asked, offset: pageParam, limit: pageSize }),
    initialPageParam: 0,
    getNextPageParam: ({ skills, total }, _pages, offset) =>
      skills.length > 0 && offset + skills.length < total ? offset + skills.length : undefined,
    placeholderData: keepPreviousData,
    // Each word that was half typed would be kept for minutes.
    gcTime: 60_000,
    // Coming back to the window must not ask for every page that was ever scrolled to.
    refetchOnWindowFocus: false,
  })
  const pages = found.data?.pages ?? []
  return {
    skills: withoutRepeats(pages.flatMap((page) => page.skills)),
    total: pages.at(-1)?.total ?? null,
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
