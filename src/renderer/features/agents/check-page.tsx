import { ShieldCheck } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useBridge } from '../../bridge.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ScannedCard } from './scanned-card.tsx'

/** The skills that lie in agents' folders already, whoever put them there, and what is wrong with them. */
export function CheckPage(): ReactNode {
  const bridge = useBridge()
  const [progress, setProgress] = useState<{ done: number; of: number; name: string } | null>(null)
  useEffect(() => bridge.on('agents.scanning', setProgress), [bridge])
  // Asked for by opening the page and by the button: looking through hundreds of skills takes a while.
  const scan = useCall('agents.scan', null, { staleTimeMs: 5 * 60_000 })
  const again = () => {
    setProgress(null)
    void scan.refetch()
  }
  const skills = scan.data?.skills ?? []
  return (
    <Page
      title={t('Check my skills')}
      subtitle={t('Skills that your agents have already, judged by the rules that hold for new ones.')}
      backTo={hrefs.agents}
      actions={
        <Button isPending={scan.isFetching} onPress={again}>
          {t('Check again')}
        </Button>
      }
    >
      {scan.isError ? (
        <ErrorNote error={scan.error} onRetry={again} />
      ) : scan.isPending ? (
        <div className="flex flex-col gap-3">
          <p className="text-ink-2">
            {progress === null
              ? t('Looking for skills')
              : t('Looking at {{name}} ({{done}} of {{of}})', {
                  name: progress.name,
                  done: progress.done + 1,
                  of: progress.of,
                })}
          </p>
          <SkeletonRows count={3} label={t('Looking through your skills')} />
        </div>
      ) : skills.length === 0 ? (
        <Empty
          icon={ShieldCheck}
          title={t('Your agents have no skills yet')}
          action={<LinkButton href={hrefs.discover}>{t('Open Discover')}</LinkButton>}
        >
          {t('What you or another program puts into their folders is checked here.')}
        </Empty>
      ) : (
        <ul aria-label={t('Your agents’ skills')} className="flex flex-col gap-3">
          {skills.map((skill) => (
            <ScannedCard key={skill.path} skill={skill} onChanged={again} />
          ))}
        </ul>
      )}
      {scan.data === undefined || scan.data.leftOut.length === 0 ? null : (
        <div className="mt-4 text-sm text-ink-3">
          <h2 className="font-medium">{t('Not looked at')}</h2>
          <ul>
            {scan.data.leftOut.map((line) => (
              <li key={line} className="break-all">
                <bdi>{say(line)}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Page>
  )
}
