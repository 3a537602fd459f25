import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { formatMoment } from '../../ui/format.ts'
import { FoundPage } from '../../ui/found-page.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { EndingNote } from '../run/ending-note.tsx'
import { endingWords } from '../run/ending-words.ts'
import { ReceiptView } from '../run/receipt-view.tsx'
import type { Entry } from './group-days.ts'

/** One line of the journal with all that it tells: for a run, what happened in it. */
export function EntryPage({ seq }: { seq: number }): ReactNode {
  return (
    <FoundPage
      query={useCall('audit.list', { limit: 1, before: seq + 1 })}
      find={({ entries, intact }) => {
        const entry = entries.find((each) => each.seq === seq)
        return entry && { entry, intact }
      }}
      kind={t('Activity')}
      backTo={hrefs.activity}
      loading={t('Loading the journal')}
      missing={{
        title: t('No such line'),
        why: t('The journal has no line {{seq}}.', { seq }),
        href: hrefs.activity,
        link: t('All activity'),
      }}
    >
      {(found) => <Line {...found} />}
    </FoundPage>
  )
}

function Line({ entry, intact }: { entry: Entry; intact: boolean }): ReactNode {
  const library = useCall('library.list', null)
  const { run, slug, seq } = entry
  const skill = library.data?.find((each) => each.slug === slug)
  const ending = run === null ? null : endingWords(run, { manifest: skill?.manifest ?? null })
  return (
    <Page
      title={say(entry.text)}
      backTo={hrefs.activity}
      subtitle={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
          {ending === null ? null : <Badge tone={ending.tone}>{ending.title}</Badge>}
        </span>
      }
      actions={
        slug === null || skill === undefined || skill.withdrawn !== null ? null : (
          <LinkButton href={hrefs.run(slug)}>{t('Run it again')}</LinkButton>
        )
      }
    >
      <div className="max-w-xl">
        {intact ? (
          <p className="mb-4 flex gap-2 text-ok">
            <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0" />
            {t('Line {{seq}} of the activity log, as Skillet wrote it. Nobody has changed it since.', {
              seq,
            })}
          </p>
        ) : (
          <div className="mb-4">
            <ProblemNote
              problem={t('Somebody or something has changed the activity log.')}
              fix={t('This line may not be as Skillet wrote it, so don’t rely on it.')}
            />
          </div>
        )}
        {ending === null ? null : <EndingNote ending={ending} />}
        {run === null ? null : <ReceiptView run={run} inputs={null} manifest={skill?.manifest ?? null} />}
      </div>
    </Page>
  )
}
