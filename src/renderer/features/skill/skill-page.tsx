import { Flag } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { SkillDetail } from '../../../shared/contract/skills.ts'
import { useCall } from '../../query.ts'
import { hrefs, type SkillTab } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { publisherName } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useTryAgain } from '../authority/try-again.ts'
import { NextStepButton } from '../discover/next-step.tsx'
import { verdictOf } from '../discover/verdict.ts'
import { OnHoldNote } from '../on-hold/on-hold-note.tsx'
import { useReport } from '../report/report-provider.tsx'
import { WithdrawnNote } from '../withdrawn/withdrawn-note.tsx'
import { Abilities } from './abilities.tsx'
import { Currency } from './currency.tsx'
import { FileBrowser } from './file-browser.tsx'
import { Maker } from './maker.tsx'
import { provenanceSentence } from './provenance-words.ts'
import { Readme } from './readme.tsx'
import { ThisComputer } from './this-computer.tsx'

const tabNames = (): Record<SkillTab, string> => ({
  about: t('About'),
  abilities: t('What it can do'),
  files: t('Files'),
  computer: t('This computer'),
  maker: t('Who made it'),
})

/** Everything about one skill, before or after installing it. */
export function SkillPage({
  slug,
  firstTab,
  insteadOf,
}: {
  slug: string
  firstTab: SkillTab
  insteadOf: string | null
}): ReactNode {
  const detail = useCall('catalog.show', { slug })
  const library = useCall('library.list', null)
  const installed = library.data?.find((each) => each.slug === slug)
  const { tryAgain, trying } = useTryAgain()
  if (detail.isError && !trying)
    return (
      <Page title={installed?.title ?? detail.data?.summary.title ?? slug} backTo={hrefs.discover}>
        <div className="flex flex-col gap-4">
          {installed === undefined ? null : <WithdrawnNote skill={installed} />}
          {installed === undefined ? null : <OnHoldNote skill={installed} />}
          <ErrorNote error={detail.error} onRetry={() => void tryAgain(detail.error, detail.refetch)} />
        </div>
      </Page>
    )
  if (detail.data === undefined)
    return (
      <Page title={null} backTo={hrefs.discover}>
        <SkeletonRows count={3} label={t('Loading the skill')} />
      </Page>
    )
  return <Skill detail={detail.data} installed={installed} firstTab={firstTab} insteadOf={insteadOf} />
}

function Skill({
  detail,
  installed,
  firstTab,
  insteadOf,
}: {
  detail: SkillDetail
  installed: InstalledSkill | undefined
  firstTab: SkillTab
  insteadOf: string | null
}): ReactNode {
  const { summary, provenance } = detail
  const verdict = verdictOf(summary, installed)
  // Here, the reason is a tab or a part of this very page.
  const isWithdrawn = (installed?.withdrawn ?? null) !== null && installed?.version === summary.version
  const isHeld = (installed?.onHold ?? null) !== null && installed?.withdrawn === null
  const hasButton = verdict.next !== 'see-why' && verdict.next !== 'see-withdrawn'
  return (
    <Page
      title={summary.title}
      subtitle={t('By {{publisher}} · version {{version}}', {
        publisher: publisherName(summary.publisher),
        version: summary.version,
      })}
      lead={<CategoryIcon category={summary.category} large />}
      actions={
        <>
          {isHeld ? (
            <Badge tone="warn">{t('On hold')}</Badge>
          ) : (
            <Badge tone={verdict.tone}>{verdict.text}</Badge>
          )}
          {hasButton ? <NextStepButton skill={summary} look="primary" /> : null}
        </>
      }
      backTo={hrefs.discover}
    >
      {insteadOf === null ? null : (
        <p className="mb-4 rounded-lg border border-line bg-panel px-4 py-3 text-ink-2">
          {t('{{insteadOf}} doesn’t fit this computer. {{title}} does a similar job here.', {
            insteadOf,
            title: summary.title,
          })}
        </p>
      )}
      {installed === undefined || installed.withdrawn === null ? null : (
        <div className="mb-5">
          <WithdrawnNote skill={installed} />
        </div>
      )}
      {installed === undefined ? null : <OnHoldNote skill={installed} />}
      <p className="max-w-2xl text-lg text-ink-2">
        <bdi>{summary.summary}</bdi>
      </p>
      <div className="mt-3 mb-5 flex max-w-3xl flex-col gap-1.5">
        <p className="text-ink-2">{provenanceSentence(provenance)}</p>
        {isWithdrawn || isHeld ? null : <Currency current={provenance.current} />}
      </div>
      <SkillTabs detail={detail} firstTab={firstTab} />
    </Page>
  )
}

function SkillTabs({ detail, firstTab }: { detail: SkillDetail; firstTab: SkillTab }): ReactNode {
  const [tab, setTab] = useState<SkillTab>(firstTab)
  const report = useReport()
  const panels: Record<SkillTab, ReactNode> = {
    about: <Readme text={detail.readme} />,
    abilities: <Abilities asks={detail.asks} cannot={detail.cannot} />,
    files: <FileBrowser slug={detail.summary.slug} version={detail.summary.version} files={detail.files} />,
    computer: (
      <ThisComputer fit={detail.summary.fit} alternative={detail.alternative} title={detail.summary.title} />
    ),
    maker: <Maker provenance={detail.provenance} license={detail.manifest.license} />,
  }
  return (
    <Tabs selectedKey={tab} onSelectionChange={(key) => setTab(key as SkillTab)}>
      <div className="mb-5 flex items-center gap-4 border-b border-line">
        <TabList
          aria-label={t('About {{title}}', { title: detail.summary.title })}
          className="-mb-px flex min-w-0 flex-1 gap-1 overflow-x-auto overflow-y-hidden"
        >
          {Object.entries(tabNames()).map(([id, name]) => (
            <Tab
              key={id}
              id={id}
              className="cursor-default border-b-2 border-transparent px-3 py-2.5 whitespace-nowrap text-ink-2 outline-offset-[-2px] transition-colors duration-150 data-hovered:text-ink data-selected:border-brand data-selected:font-medium data-selected:text-ink"
            >
              {name}
            </Tab>
          ))}
        </TabList>
        <Button look="quiet" size="small" onPress={() => report(detail.summary)}>
          <Flag size={16} strokeWidth={1.75} aria-hidden /> {t('Report a problem')}
        </Button>
      </div>
      {Object.entries(panels).map(([id, panel]) => (
        <TabPanel key={id} id={id} className="rounded-lg">
          <h2 className="sr-only">{tabNames()[id as SkillTab]}</h2>
          {panel}
        </TabPanel>
      ))}
    </Tabs>
  )
}
