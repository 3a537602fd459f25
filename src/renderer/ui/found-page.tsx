import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CallFailed } from '../bridge.ts'
import { LinkButton } from './button.tsx'
import { ErrorNote } from './error-note.tsx'
import { Page } from './page.tsx'
import { SkeletonRows } from './skeleton.tsx'

/** A page about one thing out of an answer: `children` draws it; the rest is for while it loads, fails or isn't there. */
export function FoundPage<Answer, One>({
  query,
  find,
  kind,
  backTo,
  loading,
  missing,
  children,
}: {
  query: UseQueryResult<Answer, CallFailed>
  find: (answer: Answer) => One | undefined
  /** The heading where nobody knows what it is. */
  kind: string
  backTo: string
  loading: string
  missing: { title: string; why: string; href: string; link: string }
  children: (one: One) => ReactNode
}): ReactNode {
  if (query.isError)
    return (
      <Page title={kind} backTo={backTo}>
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    )
  if (query.isPending)
    return (
      <Page title={null} backTo={backTo}>
        <SkeletonRows count={2} label={loading} />
      </Page>
    )
  const one = find(query.data)
  if (one !== undefined) return children(one)
  return (
    <Page title={missing.title} backTo={backTo}>
      <p className="mb-4 text-ink-2">{missing.why}</p>
      <LinkButton href={missing.href} className="self-start">
        {missing.link}
      </LinkButton>
    </Page>
  )
}
