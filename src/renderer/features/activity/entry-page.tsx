import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EndingNote } from '../run/ending-note.tsx'
import { endingWords } from '../run/ending-words.ts'
import { ReceiptView } from '../run/receipt-view.tsx'

/** One line of the journal with all that it tells: for a run, what happened in it. */
export function EntryPage({ seq }: { seq: number }): ReactNode {
  const journal = useCall('audit.list', { limit: 1, before: seq + 1 })
  const library = useCall('library.list', null)
  if (journal.isError)
    return (
      <Page title="Activity" backTo={hrefs.activity}>
        <ErrorNote error={journal.error} onRetry={() => void journal.refetch()} />
      </Page>
    )
  if (journal.isPending)
    return (
      <Page title={null} backTo={hrefs.activity}>
        <SkeletonRows count={2} label="Loading the journal" />
      </Page>
    )
  const entry = journal.data.entries.find((each) => each.seq === seq)
  if (entry === undefined)
    return (
      <Page title="No such line" backTo={hrefs.activity}>
        <p className="mb-4 text-ink-2">The journal has no line {seq}.</p>
        <LinkButton href={hrefs.activity} className="self-start">
          All activity
        </LinkButton>
      </Page>
    )
  const { run, slug } = entry
  const skill = library.data?.find((each) => each.slug === slug)
  const ending = run === null ? null : endingWords(run, { manifest: skill?.manifest ?? null })
  return (
    <Page
      title={entry.text}
      backTo={hrefs.activity}
      subtitle={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
          {ending === null ? null : <Badge tone={ending.tone}>{ending.title}</Badge>}
        </span>
      }
      actions={
        slug === null || skill === undefined || skill.withdrawn !== null ? null : (
          <LinkButton href={hrefs.run(slug)}>Run it again</LinkButton>
        )
      }
    >
      <div className="max-w-xl">
        {journal.data.intact ? (
          <p className="mb-4 flex gap-2 text-ok">
            <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0" />
            Line {seq} of the activity log, as Skillet wrote it. Nobody has changed it since.
          </p>
        ) : (
          <div className="mb-4">
            <ProblemNote
              problem="Somebody or something has changed the activity log."
              fix="This line may not be as Skillet wrote it, so don’t rely on it."
            />
          </div>
        )}
        {ending === null ? null : <EndingNote ending={ending} />}
        {run === null ? null : <ReceiptView run={run} inputs={null} manifest={skill?.manifest ?? null} />}
      </div>
    </Page>
  )
}
