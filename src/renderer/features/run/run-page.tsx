import { useEffect, useId, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { RunResult } from '../../../shared/receipt.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { useAnnounce } from '../../ui/announce.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatDuration } from '../../ui/format.ts'
import { FoundPage } from '../../ui/found-page.tsx'
import { Page } from '../../ui/page.tsx'
import { OnHoldNote } from '../on-hold/on-hold-note.tsx'
import { mustAsk, PermissionDialog } from '../permissions/permission-dialog.tsx'
import { WithdrawnNote } from '../withdrawn/withdrawn-note.tsx'
import { ChosenInputs } from './chosen-inputs.tsx'
import { useElapsedMs } from './elapsed.ts'
import { OutputView } from './output-view.tsx'
import { EndingNote } from './ending-note.tsx'
import { endingWords, type Ending } from './ending-words.ts'
import { ReceiptView } from './receipt-view.tsx'
import { RunForm } from './run-form.tsx'
import { useRunSessions, useSession, type Session } from './run-sessions.ts'

/** Run one skill: fill in its form, follow its output, read what happened. */
export function RunPage({ slug }: { slug: string }): ReactNode {
  return (
    <FoundPage
      query={useCall('library.list', null)}
      find={(skills) => skills.find((each) => each.slug === slug)}
      kind={t('Run')}
      backTo={hrefs.library}
      loading={t('Loading the skill')}
      missing={{
        title: t('Not in your Library'),
        why: t('This skill is not installed on this computer.'),
        href: hrefs.skill(slug),
        link: t('Look at it in Discover'),
      }}
    >
      {(skill) => <Runner skill={skill} />}
    </FoundPage>
  )
}

function Runner({ skill }: { skill: InstalledSkill }): ReactNode {
  const sessions = useRunSessions()
  const session = useSession(skill.slug)
  const [editing, setEditing] = useState(false)
  const asks = useCall('grants.asks', { slug: skill.slug })
  const [asking, setAsking] = useState<Session['inputs'] | null>(null)
  const begin = (inputs: Session['inputs']) => {
    setEditing(false)
    void sessions.start(skill.slug, inputs)
  }
  // Where nobody knows, the run itself says what is missing.
  const start = (inputs: Session['inputs']) => {
    if (asks.data !== undefined && mustAsk(asks.data)) setAsking(inputs)
    else begin(inputs)
  }
  const question =
    asking === null ? null : (
      <PermissionDialog
        skill={skill}
        goOn={t('Allow and run')}
        onAllowed={() => begin(asking)}
        onClose={() => setAsking(null)}
      />
    )
  const lead = <CategoryIcon category={skill.category} large />
  const note = useId()
  if (skill.withdrawn !== null && session?.state !== 'running' && (session?.result ?? null) === null)
    return (
      <Page
        title={skill.title}
        subtitle={<bdi>{skill.summary}</bdi>}
        lead={lead}
        backTo={hrefs.library}
        actions={
          <Button look="primary" isDisabled aria-describedby={note}>
            {t('Run')}
          </Button>
        }
      >
        <WithdrawnNote id={note} skill={skill} />
      </Page>
    )
  if (session === undefined || (editing && skill.withdrawn === null))
    return (
      <Page title={skill.title} subtitle={<bdi>{skill.summary}</bdi>} lead={lead} backTo={hrefs.library}>
        <OnHoldNote skill={skill} />
        <RunForm
          title={skill.title}
          inputs={skill.manifest.run.inputs}
          earlier={session?.inputs}
          onRun={start}
          onCancel={session === undefined ? undefined : () => setEditing(false)}
        />
        {question}
      </Page>
    )
  const running = session.state === 'running'
  const answerable =
    session.error?.code === 'PERMISSION_DENIED' && asks.data !== undefined && mustAsk(asks.data)
  return (
    <Page
      title={skill.title}
      lead={lead}
      subtitle={<State session={session} skill={skill} />}
      backTo={hrefs.library}
      actions={
        running ? (
          <Button isPending={session.stopping} onPress={() => void sessions.stop(skill.slug)}>
            {session.stopping ? t('Stopping…') : t('Stop')}
          </Button>
        ) : (
          <>
            {Object.keys(skill.manifest.run.inputs).length === 0 || skill.withdrawn !== null ? null : (
              <Button onPress={() => setEditing(true)}>{t('Change inputs')}</Button>
            )}
            {answerable ? (
              <Button look="primary" onPress={() => setAsking(session.inputs)}>
                {t('Answer and run')}
              </Button>
            ) : (
              <Button
                look="primary"
                isDisabled={skill.withdrawn !== null}
                aria-describedby={note}
                onPress={() => start(session.inputs)}
              >
                {t('Run again')}
              </Button>
            )}
          </>
        )
      }
    >
      {question}
      <Announcement session={session} skill={skill} />
      <OnHoldNote skill={skill} />
      {skill.withdrawn === null ? null : (
        <div className="mb-4">
          <WithdrawnNote id={note} skill={skill} />
        </div>
      )}
      {session.error === null ? null : (
        <div className="mb-4">
          <ErrorNote error={session.error} />
        </div>
      )}
      {session.result === null ? null : <EndingNote ending={endingOf(session.result, skill)} />}
      {session.state === 'refused' ? (
        <ChosenInputs inputs={session.inputs} manifest={skill.manifest} />
      ) : (
        <div className="grid items-start gap-4 min-[840px]:grid-cols-[minmax(0,1fr)_300px] wide:grid-cols-[minmax(0,1fr)_340px]">
          <OutputView session={session} />
          <div className="flex flex-col gap-4">
            {session.result === null ? null : (
              <ReceiptView
                run={session.result}
                inputs={session.inputs}
                manifest={skill.manifest}
                journal={session.result.receipt.journal}
              />
            )}
            <ChosenInputs inputs={session.inputs} manifest={skill.manifest} />
          </div>
        </div>
      )}
    </Page>
  )
}

function State({ session, skill }: { session: Session; skill: InstalledSkill }): ReactNode {
  const elapsed = useElapsedMs(session.startedAt, session.state === 'running')
  if (session.state === 'running')
    return (
      <span className="flex items-center gap-2">
        <span
          aria-hidden
          className="size-2 animate-[breathe_1.2s_ease-in-out_infinite] rounded-full bg-brand"
        />
        {t('Running')} · <span className="tabular-nums">{formatDuration(elapsed)}</span>
      </span>
    )
  if (session.result === null) return t('It did not start.')
  const ending = endingOf(session.result, skill)
  return <Badge tone={ending.tone}>{ending.title}</Badge>
}

function endingOf(result: RunResult, { manifest, withdrawn }: InstalledSkill): Ending {
  return endingWords(result, { manifest, withdrawn: withdrawn !== null, signal: result.signal })
}

/** Says the beginning and the end of a run to screen readers. */
function Announcement({ session, skill }: { session: Session; skill: InstalledSkill }): ReactNode {
  const announce = useAnnounce()
  const { state, result } = session
  useEffect(() => {
    if (state === 'running') announce(t('{{title}} is running', { title: skill.title }))
    else if (result !== null) announce(endingOf(result, skill).title)
  }, [state, result, skill, announce])
  return null
}
